using System.Text;
using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Manifests of ensembles that somebody has written by hand: refused with the reason, and nothing is left of the members that were read.</summary>
public sealed class EnsembleManifestTests
{
    private const string Top = "Manifest.json";
    private const string First = "Members/0001/Manifest.json";
    private const string Second = "Members/0002/Manifest.json";

    [Theory]
    [InlineData(Top, "\"numberOfMembers\": 2", "\"numberOfMembers\": 3", "'Members/0003/Manifest.json'")]
    [InlineData(Top, "\"numberOfMembers\": 2", "\"numberOfMembers\": 0", "from 1 to 1000")]
    [InlineData(Top, "\"numberOfMembers\": 2", "\"numberOfMembers\": 2000000000", "from 1 to 1000")]
    [InlineData(Top, "\"Mean\",", "", "1 combiners for 4 tasks")]
    [InlineData(Top, "\"Mean\"", "\"Sum\"", "The combiner 'Sum' is unknown")]
    [InlineData(Top, "\"Mean\"", "\"Vote\"", "'Size' has no classes to vote for")]
    [InlineData(Second, "\"Size.Score\"", "\"Size.Other\"", "member 2 and member 1 have other columns")]
    [InlineData(Second, "\"name\": \"Size\"", "\"name\": \"Length\"", "other tasks")]
    [InlineData(Second, "\"featureColumnName\": \"Features\"", "\"featureColumnName\": \"Others\"", "member 2 reads 4 features of column 'Others'")]
    [InlineData(Second, "\"blue\"", "\"grey\"", "know other classes")]
    [InlineData(First, "\"count\": 4", "\"count\": 5", "member 2 reads 4 features")]
    [InlineData(First, "\"count\": 4", "\"count\": 1", "slots of the feature column")]
    public void What_does_not_belong_together_is_refused(string entry, string from, string to, string words)
    {
        ModelEntries entries = Save();
        Assert.Contains(from, Encoding.UTF8.GetString(entries.Get(entry)), StringComparison.Ordinal);

        FormatException e = Assert.Throws<FormatException>(() => ModelManifest.Read(Change(entries, (entry, Encoding.UTF8.GetString(entries.Get(entry)).Replace(from, to, StringComparison.Ordinal))), "").Dispose());

        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ensemble_inside_itself_is_not_followed_without_end()
    {
        var entries = new ModelEntries();
        const string Manifest = """{ "model": "Ensemble", "numberOfMembers": 1, "combiners": ["Mean"] }""";
        string prefix = "";
        for (int depth = 0; depth < 20; depth++)
        {
            entries.Add(prefix + Top, Encoding.UTF8.GetBytes(Manifest));
            prefix += "Members/0001/";
        }

        Assert.Contains("more than 8 deep", Assert.Throws<FormatException>(() => ModelManifest.Read(entries, "")).Message, StringComparison.Ordinal);
    }

    private static ModelEntries Save()
    {
        var ml = new MLContext(1);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.Ensemble(new EnsembleOptions
        {
            Members = [ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), SharedLayers = [4], HeadLayers = [], MaximumNumberOfEpochs = 1 })],
            NumberOfMembers = 2,
            FeatureFraction = 0.5,
        }).Fit(TestData.View(ml));
        var entries = new ModelEntries();
        model.Model.Save(entries, "");
        return entries;
    }

    private static ModelEntries Change(ModelEntries entries, (string Name, string Text) change)
    {
        var changed = new ModelEntries();
        foreach ((string name, byte[] content) in entries.All)
        {
            changed.Add(name, name == change.Name ? Encoding.UTF8.GetBytes(change.Text) : content);
        }

        return changed;
    }
}
