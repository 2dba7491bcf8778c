using System.Text;
using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Manifests of networks that were trained together, changed by hand: refused with the reason, before any network is built.</summary>
public sealed class JointManifestTests
{
    private const string Hard = "\"kind\": \"HardParameterSharing\"";

    [Theory]
    [InlineData(Hard, "\"kind\": \"Other\"", "'Other' is unknown")]
    [InlineData(Hard, "\"kind\": \"JointTraining\"", "member of its own kind")]
    [InlineData(Hard, "\"members\": [], \"kind\": \"HardParameterSharing\"", "members have no members")]
    [InlineData(Hard, "\"members\": [{}], \"kind\": \"HardParameterSharing\"", "members have no members")]
    [InlineData("\"featureCount\": 5", "\"featureCount\": 4", "reads 4 inputs where there are 5")]
    [InlineData("\"featureCount\": 5", "\"featureCount\": -5", "'network.members[0].featureCount'")]
    [InlineData("\"name\": \"headLayers\"", "\"name\": \"headLayer\"", "'headLayers'")]
    [InlineData("\"members\":", "\"others\":", "has 0 members")]
    [InlineData("\"members\":", "\"members\": 7, \"others\":", "an array")]
    [InlineData("\"members\":", "\"members\": [7], \"others\":", "an array of objects")]
    [InlineData("\"members\":", "\"members\": [{}], \"others\":", "'network.members[0].kind'")]
    public void What_does_not_belong_together_is_refused(string from, string to, string words)
    {
        ModelEntries entries = Save();
        string text = Encoding.UTF8.GetString(entries.Get(ModelManifest.EntryName));
        int place = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(place >= 0, text);

        Assert.Contains(words, Refuse(entries, text[..place] + to + text[(place + from.Length)..]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "the entries do not belong together")]
    [InlineData(98, "the entries do not belong together")]
    [InlineData(99, "at most 100 networks")]
    [InlineData(100_000, "at most 100 networks")]
    public void Members_that_are_not_there_are_refused_before_they_take_memory(int more, string words)
    {
        const string Member = """{ "kind": "HardParameterSharing", "featureCount": 5, "sizes": [{ "name": "sharedLayers", "values": [1000000, 1000] }, { "name": "headLayers", "values": [] }] },""";
        ModelEntries entries = Save();
        string text = Encoding.UTF8.GetString(entries.Get(ModelManifest.EntryName));
        const string Start = "\"members\": [";

        Assert.Contains(words, Refuse(entries, text.Replace(Start, Start + string.Concat(Enumerable.Repeat(Member, more)), StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_inside_members_are_not_followed()
    {
        ModelEntries entries = Save();
        string text = Encoding.UTF8.GetString(entries.Get(ModelManifest.EntryName));
        string nested = string.Concat(Enumerable.Repeat("{ \"members\": [", 9)) + string.Concat(Enumerable.Repeat("] }", 9));

        Assert.Contains("'network.members[0].kind'", Refuse(entries, text.Replace("\"members\": [", "\"members\": [" + nested + ",", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string Refuse(ModelEntries entries, string manifest)
    {
        var changed = new ModelEntries();
        foreach ((string name, byte[] content) in entries.All)
        {
            changed.Add(name, name == ModelManifest.EntryName ? Encoding.UTF8.GetBytes(manifest) : content);
        }

        return Assert.Throws<FormatException>(() => ModelManifest.Read(changed, "").Dispose()).Message;
    }

    private static ModelEntries Save()
    {
        var ml = new MLContext(1);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions
        {
            Members = [ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), SharedLayers = [], HeadLayers = [], MaximumNumberOfEpochs = 1 })],
            NumberOfMembers = 2,
            SharedLayers = [5],
        }).Fit(TestData.View(ml));
        var entries = new ModelEntries();
        model.Model.Save(entries, "");
        return entries;
    }
}
