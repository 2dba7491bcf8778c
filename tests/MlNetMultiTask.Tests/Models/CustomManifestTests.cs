using System.Text;
using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Tests.Networks;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Manifests that name users' modules, changed by hand: refused with the reason, and no factory is called with sizes beyond all reason.</summary>
public sealed class CustomManifestTests
{
    static CustomManifestTests()
    {
        SampleNetwork.Register();
        NormalizedTrunk.Register();
        OddNetwork.Register();
    }

    [Theory]
    [InlineData("\"name\": \"sample\"", "\"name\": \"nobody\"", "call MultiTaskNetworks.Register(\"nobody\", ...)")]
    [InlineData("\"name\": \"sample\"", "\"name\": \"System.Object\"", "'System.Object' is not registered")]
    [InlineData("\"name\": \"sample\"", "\"name\": \"\"", "'network.module.name'")]
    [InlineData("\"name\": \"sample\"", "\"name\": 7", "'network.module.name'")]
    [InlineData("\"name\": \"sample\"", "\"nam\": \"sample\"", "'network.module.name'")]
    [InlineData("\"name\": \"sample\"", "\"name\": \"odd\"", "factory of the custom network 'odd' failed")]
    [InlineData("\"module\":", "\"other\":", "needs the name of its module")]
    [InlineData("\"module\": {", "\"module\": 7, \"other\": {", "an object at 'network.module'")]
    [InlineData("\"name\": \"width\"", "\"name\": 3", "'network.module.settings[0].name'")]
    [InlineData("\"value\": \"9\"", "\"value\": 9", "'network.module.settings[0].value'")]
    [InlineData("\"value\": \"9\"", "\"value\": null", "'network.module.settings[0].value'")]
    [InlineData("\"value\": \"9\"", "\"value\": \"8\"", "does not belong to its network")]
    [InlineData("\"value\": \"9\"", "\"value\": \"nine\"", "factory of the custom network 'sample' failed")]
    [InlineData("\"settings\": [", "\"settings\": [{ \"name\": \"width\", \"value\": \"1\" },", "settings of different names")]
    [InlineData("\"settings\": [", "\"settings\": 7, \"others\": [", "an array at 'network.module.settings'")]
    [InlineData("\"settings\": [", "\"others\": [", "an array at 'network.module.settings'")]
    [InlineData("\"featureCount\": 4", "\"featureCount\": 1000001", "1000001 features")]
    [InlineData("\"featureCount\": 4", "\"featureCount\": 100000000", "100000000 features")]
    [InlineData("\"featureCount\": 4", "\"featureCount\": 5", "has more numbers than the model's weights")]
    public void A_network_that_can_not_be_is_refused(string from, string to, string words) => Refuse(SaveNetwork(), from, to, words);

    [Theory]
    [InlineData("\"name\": \"normalized\"", "\"name\": \"nobody\"", "call MultiTaskNetworks.RegisterTrunk(\"nobody\", ...)")]
    [InlineData("\"name\": \"normalized\"", "\"name\": \"sample\"", "The custom trunk 'sample' is not registered")]
    [InlineData("\"module\":", "\"other\":", "needs the name of its module")]
    [InlineData("\"name\": \"outputWidth\"", "\"name\": \"width\"", "'outputWidth'")]
    [InlineData("\"values\": [\n            6\n", "\"values\": [\n            100000000\n", "do not belong together")]
    [InlineData("\"values\": [\n            6\n", "\"values\": [\n            1\n", "does not belong to its network")]
    [InlineData("\"featureCount\": 4", "\"featureCount\": 100000000", "100000000 features")]
    [InlineData("\"featureCount\": 4", "\"featureCount\": 5", "has more numbers than the model's weights")]
    public void A_trunk_that_can_not_be_is_refused(string from, string to, string words) => Refuse(SaveTrunk(), from, to, words);

    [Fact]
    public void Names_and_settings_have_their_limits()
    {
        ModelEntries entries = SaveNetwork();
        Refuse(entries, "\"name\": \"sample\"", $"\"name\": \"{new string('s', 201)}\"", "of usual lengths");
        Refuse(entries, "\"value\": \"9\"", $"\"value\": \"{new string('9', 100_001)}\"", "of usual lengths");
        Refuse(entries, "\"settings\": [", "\"settings\": [" + string.Concat(Enumerable.Range(0, 1001).Select(i => FormattableString.Invariant($"{{ \"name\": \"n{i}\", \"value\": \"\" }},"))), "of usual lengths");
    }

    /// <summary>The settings are true to the network's factory, and yet the file lies: the module is made, and no other, before that is seen.</summary>
    [Fact]
    public void A_module_with_more_numbers_than_the_file_is_the_last_that_is_made() =>
        Refuse(SaveNetwork(), "\"value\": \"9\"", "\"value\": \"900\"", "has more numbers than the model's weights");

    [Fact]
    public void A_trunk_from_many_features_to_many_outputs_is_refused_before_it_is_made() =>
        Refuse(SaveTrunk(), "\"featureCount\": 4", "\"featureCount\": 900000, \"ignored\": 4", "the entries do not belong together");

    /// <summary>What our own loader says reaches the user, and not what is inside of it.</summary>
    [Fact]
    public void What_a_factory_says_of_settings_from_a_file_is_told_with_its_name()
    {
        var ml = new MLContext(1);
        string name = Guid.NewGuid().ToString();
        bool fails = false;
        MultiTaskNetworks.RegisterTrunk(name, request => fails ? throw new IOException("no weights here") : TorchSharp.torch.nn.Linear(request.FeatureCount, request.OutputWidth));
        using var folder = new TemporaryFolder();
        using (MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), Trunk = Trunk.Custom(name, 3), MaximumNumberOfEpochs = 1 }).Fit(TestData.View(ml)))
        {
            ml.Model.Save(model, null, folder["model.zip"]);
        }

        fails = true;
        string message = Assert.Throws<FormatException>(() => ml.MultiTask.Load(folder["model.zip"], out _)).Message;

        Assert.Contains($"The factory of the custom trunk '{name}' failed: no weights here", message, StringComparison.Ordinal);
    }

    private static void Refuse(ModelEntries entries, string from, string to, string words)
    {
        string text = Encoding.UTF8.GetString(entries.Get(ModelManifest.EntryName)).ReplaceLineEndings("\n");
        int place = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(place >= 0, text);
        var changed = new ModelEntries();
        foreach ((string name, byte[] content) in entries.All)
        {
            changed.Add(name, name == ModelManifest.EntryName ? Encoding.UTF8.GetBytes(text[..place] + to + text[(place + from.Length)..]) : content);
        }

        Assert.Contains(words, Assert.Throws<FormatException>(() => ModelManifest.Read(changed, "").Dispose()).Message, StringComparison.Ordinal);
    }

    private static ModelEntries SaveNetwork()
    {
        var ml = new MLContext(1);
        return Save(ml, ml.MultiTask.Trainers.CustomNetwork(TestData.Tasks(), SampleNetwork.RegisteredName, new Dictionary<string, string> { [SampleNetwork.Width] = "9" }, maximumNumberOfEpochs: 1));
    }

    private static ModelEntries SaveTrunk()
    {
        var ml = new MLContext(1);
        return Save(ml, ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), Trunk = Trunk.Custom(NormalizedTrunk.RegisteredName, 6), HeadLayers = [], MaximumNumberOfEpochs = 1 }));
    }

    private static ModelEntries Save(MLContext ml, MultiTaskTrainer trainer)
    {
        using MultiTaskTransformer model = trainer.Fit(TestData.View(ml));
        var entries = new ModelEntries();
        model.Model.Save(entries, "");
        return entries;
    }
}
