using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;
using TorchSharp;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>The networks that are trained to be compared are gone afterwards, also where one fails. Live tensors are counted for the whole process, so nothing else may run beside this.</summary>
[Collection("NotParallel")]
public sealed class ComparisonMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_left_of_a_comparison(bool fails)
    {
        var ml = new MLContext(1);
        MultiTaskTrainer trainer = TrainerCases.Create("HardParameterSharing", ml);
        var options = new SingleTaskComparisonOptions
        {
            NumberOfRepeats = 1,
            NumberOfFolds = 2,
            LabelEfficiency = new LabelEfficiencyOptions { TaskName = "Size", Shares = [0.5] },
            Baselines = fails ? [new TaskBaseline("Size", "of no label", ml.Regression.Trainers.Sdca("Nothing"))] : [],
        };
        void Compare()
        {
            if (fails)
            {
                Assert.Contains("In repeat 1, fold 1, of no label: ", Assert.ThrowsAny<ArgumentException>(() => ml.MultiTask.CompareWithSingleTask(TestData.View(ml), null, trainer, options)).Message, StringComparison.Ordinal);
            }
            else
            {
                ml.MultiTask.CompareWithSingleTask(TestData.View(ml), null, trainer, options);
            }
        }

        Compare();
        long before = Live();
        Compare();

        Assert.Equal(before, Live());
    }

    private static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
