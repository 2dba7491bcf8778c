using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Files of a few numbers that ask for networks of very many parts: refused by their manifest, before a part is made.</summary>
public sealed class NetworkSizeTests
{
    /// <summary>Each part would cost some kilobytes of memory, whatever it holds.</summary>
    [Theory]
    [InlineData("layers")]
    [InlineData("blocks")]
    public void As_many_numbers_in_one_tensor_do_not_do(string parts)
    {
        ModelEntries entries = Save();
        JsonNode manifest = JsonNode.Parse(entries.Get(ModelManifest.EntryName))!;
        JsonNode network = manifest["network"]!;
        if (parts == "layers")
        {
            Set(network, "sharedLayers", [.. Enumerable.Repeat(1, 100_000)]);
        }
        else
        {
            Remove(network, "sharedLayers");
            network["trunk"] = new JsonObject { ["kind"] = "Residual", ["sizes"] = new JsonArray() };
            Set(network["trunk"]!, "width", [1]);
            Set(network["trunk"]!, "hiddenWidth", [1]);
            Set(network["trunk"]!, "numberOfBlocks", [100_000]);
        }

        long numbers = CountNumbers(manifest);
        byte[] weights = WeightsFile.Write([new NamedTensor("all", [numbers], new float[numbers])]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<FormatException>(() => ModelManifest.Read(Replace(entries, manifest, weights), "")).Message;

        Assert.Contains("the entries do not belong together", message, StringComparison.Ordinal);
        Assert.Contains($"{numbers} numbers in 1 tensors", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    private static void Set(JsonNode of, string name, int[] values)
    {
        Remove(of, name);
        of["sizes"]!.AsArray().Add(new JsonObject { ["name"] = name, ["values"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) });
    }

    private static void Remove(JsonNode of, string name)
    {
        JsonArray sizes = of["sizes"]!.AsArray();
        if (sizes.FirstOrDefault(size => (string)size!["name"]! == name) is { } found)
        {
            sizes.Remove(found);
        }
    }

    private static long CountNumbers(JsonNode manifest)
    {
        ManifestReader reader = ManifestReader.Parse(Encoding.UTF8.GetBytes(manifest["network"]!.ToJsonString()));
        return NetworkKinds.CountParameters(NetworkManifest.Read(reader, [1]));
    }

    private static ModelEntries Replace(ModelEntries entries, JsonNode manifest, byte[] weights)
    {
        var changed = new ModelEntries();
        foreach ((string name, byte[] content) in entries.All)
        {
            changed.Add(name, name == ModelManifest.EntryName ? Encoding.UTF8.GetBytes(manifest.ToJsonString()) : name == ModelManifest.WeightsEntryName ? weights : content);
        }

        return changed;
    }

    private static ModelEntries Save()
    {
        var ml = new MLContext(1);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = [PredictionTask.Regression("Size")], SharedLayers = [1], HeadLayers = [], MaximumNumberOfEpochs = 1 }).Fit(TestData.View(ml));
        var entries = new ModelEntries();
        model.Model.Save(entries, "");
        return entries;
    }
}
