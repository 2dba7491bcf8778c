using System.Text;
using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Manifests of task groups that somebody has written by hand: refused with the reason.</summary>
public sealed class GroupedManifestTests
{
    private const string Top = "Manifest.json";
    private const string First = "Members/0001/Manifest.json";
    private const string Second = "Members/0002/Manifest.json";

    [Theory]
    [InlineData(Top, "\"numberOfMembers\": 2", "\"numberOfMembers\": 3", "'Members/0003/Manifest.json'")]
    [InlineData(Top, "\"numberOfMembers\": 2", "\"numberOfMembers\": 1", "they have the tasks 'Color', 'Big', and the whole 'Color', 'Big', 'Size', 'Tags'")]
    [InlineData(Top, "\"numberOfMembers\": 2", "\"numberOfMembers\": 0", "from 1 to 1000")]
    [InlineData(Top, "\"numberOfMembers\": 2", "\"numberOfMembers\": 2000000000", "from 1 to 1000")]
    [InlineData(Top, "\"Big\",", "", "and the whole 'Color', 'Size', 'Tags'")]
    [InlineData(Top, "\"Big\",", "\"Big\", \"Big\",", "and the whole 'Color', 'Big', 'Big', 'Size', 'Tags'")]
    [InlineData(Top, "\"Big\",", "\"Length\",", "and the whole 'Color', 'Length', 'Size', 'Tags'")]
    [InlineData(Top, "\"tasks\"", "\"names\"", "tasks")]
    [InlineData(Second, "\"name\": \"Size\"", "\"name\": \"Color\"", "task 'Color' is in them twice")]
    [InlineData(First, "\"Big.Score\"", "\"Size.Score\"", "the output column 'Size.Score'")]
    [InlineData(Second, "\"featureColumnName\": \"Features\"", "\"featureColumnName\": \"Others\"", "member 2 reads 4 features of column 'Others'")]
    [InlineData(First, "\"model\": \"Network\"", "\"model\": \"TaskGroups\"", "must have an array")]
    public void What_does_not_belong_together_is_refused(string entry, string from, string to, string words)
    {
        ModelEntries entries = Save();
        string text = Encoding.UTF8.GetString(entries.Get(entry));
        Assert.Contains(from, text, StringComparison.Ordinal);
        var changed = new ModelEntries();
        foreach ((string name, byte[] content) in entries.All)
        {
            changed.Add(name, name == entry ? Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)) : content);
        }

        FormatException e = Assert.Throws<FormatException>(() => ModelManifest.Read(changed, "").Dispose());

        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_and_ensembles_inside_one_another_are_not_followed_without_end()
    {
        var entries = new ModelEntries();
        string prefix = "";
        for (int depth = 0; depth < 20; depth++)
        {
            string manifest = depth % 2 == 0 ? """{ "model": "TaskGroups", "numberOfMembers": 1, "tasks": ["a"] }""" : """{ "model": "Ensemble", "numberOfMembers": 1, "combiners": ["Mean"] }""";
            entries.Add(prefix + Top, Encoding.UTF8.GetBytes(manifest));
            prefix += "Members/0001/";
        }

        Assert.Contains("more than 8 deep", Assert.Throws<FormatException>(() => ModelManifest.Read(entries, "")).Message, StringComparison.Ordinal);
    }

    private static ModelEntries Save()
    {
        var ml = new MLContext(1);
        HardParameterSharingTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), SharedLayers = [4], HeadLayers = [], MaximumNumberOfEpochs = 1 });
        using MultiTaskTransformer model = ml.MultiTask.Trainers.TaskGroups(trainer, ["Color", "Big"], ["Size", "Tags"]).Fit(TestData.View(ml));
        var entries = new ModelEntries();
        model.Model.Save(entries, "");
        return entries;
    }
}
