using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Models;

public sealed class NetworkModelTests
{
    /// <summary>Matrix products of narrow layers round by where their numbers lie in memory: so these must lie alike, after training and after loading.</summary>
    [Fact]
    public void A_network_of_any_width_scores_as_the_one_that_was_saved()
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        using var folder = new TemporaryFolder();
        for (int width = 1; width <= 24; width++)
        {
            using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), SharedLayers = [width], HeadLayers = [], MaximumNumberOfEpochs = 1 }).Fit(data);
            ml.Model.Save(model, data.Schema, folder["model.zip"]);
            using var loaded = (MultiTaskTransformer)ml.Model.Load(folder["model.zip"], out _);
            string[] outputs = [.. model.Tasks.SelectMany(task => task.OutputColumnNames)];
            byte[] expected = ScoreBytes.Of(model.Transform(data), outputs);

            for (int repetition = 0; repetition < 4; repetition++)
            {
                // Other things lie elsewhere in memory each time.
                byte[] moved = new byte[1000 + (8 * ((width * 4) + repetition))];
                Assert.Equal(expected, ScoreBytes.Of(loaded.Transform(data), outputs));
                GC.KeepAlive(moved);
            }
        }
    }
}
