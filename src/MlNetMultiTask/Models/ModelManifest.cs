using System.Text.Json;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>The JSON manifest of a model: its kind, tasks, labels and network. It names no type of the runtime.</summary>
internal static class ModelManifest
{
    public const string EntryName = "Manifest.json";
    public const string WeightsEntryName = "Weights.bin";
    public const string HistoryEntryName = "History.json";

    private const int MaximumNumberOfTasks = 10_000;
    private const int MaximumSize = 100_000_000;

    public static byte[] Write(NetworkModel model)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("model", NetworkModel.KindName);
            json.WriteString("featureColumnName", model.FeatureColumnName);
            WriteNetwork(json, model.Description);
            json.WriteStartArray("tasks");
            for (int i = 0; i < model.Tasks.Count; i++)
            {
                TaskManifest.Write(json, model.Tasks[i], model.Labels[i]);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Builds the model that the entries describe.</summary>
    /// <exception cref="FormatException">Something is missing, altered or unknown.</exception>
    public static Model Read(ModelEntries entries, string prefix)
    {
        ManifestReader manifest = ManifestReader.Parse(entries.Get(prefix + EntryName));
        string kind = manifest.GetString("model");
        return kind == NetworkModel.KindName
            ? ReadNetworkModel(manifest, entries.Get(prefix + WeightsEntryName), entries.Find(prefix + HistoryEntryName) is { } history ? HistoryJson.Read(history) : null)
            : throw new FormatException($"The model kind '{kind}' is unknown to this version of MlNetMultiTask; use a newer one.");
    }

    private static NetworkModel ReadNetworkModel(ManifestReader manifest, byte[] weights, TrainingHistory? history)
    {
        string featureColumnName = manifest.GetString("featureColumnName") is { Length: > 0 } name ? name : throw manifest.Invalid("featureColumnName", "a name");
        IReadOnlyList<(PredictionTask Task, LabelInfo Label)> tasks = [.. manifest.GetObjects("tasks").Select(TaskManifest.Read)];
        if (tasks.Count is 0 or > MaximumNumberOfTasks)
        {
            throw new FormatException($"The model's manifest lists {tasks.Count} tasks; 1 to {MaximumNumberOfTasks} are valid.");
        }

        if (tasks.SelectMany(task => task.Task.OutputColumnNames).Distinct(StringComparer.Ordinal).Count() < tasks.Sum(task => task.Task.OutputColumnNames.Count))
        {
            throw new FormatException("The model's manifest gives two outputs the same column name.");
        }

        NetworkDescription description = ReadNetwork(manifest.GetObject("network"), [.. tasks.Select(task => task.Label.OutputCount)]);
        IReadOnlyList<NamedTensor> tensors = WeightsFile.Read(weights);
        long stored = tensors.Sum(tensor => tensor.Values.LongLength);
        long needed = NetworkKinds.CountParameters(description);
        if (stored != needed)
        {
            // Checked before the network is built: the manifest alone must not decide how much memory is taken.
            throw new FormatException($"The model's weights hold {stored} numbers, and its network has {needed}: the entries do not belong together.");
        }

        MultiTaskNetwork network = NetworkKinds.Create(description);
        try
        {
            NetworkWeights.Import(network, tensors);
            return new NetworkModel(network, featureColumnName, [.. tasks.Select(task => task.Task)], [.. tasks.Select(task => task.Label)]) { History = history };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static void WriteNetwork(Utf8JsonWriter json, NetworkDescription description)
    {
        json.WriteStartObject("network");
        json.WriteString("kind", description.Kind);
        json.WriteNumber("featureCount", description.FeatureCount);
        json.WriteStartArray("sizes");
        foreach ((string name, int[] sizes) in description.Sizes)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartArray("values");
            Array.ForEach(sizes, json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static NetworkDescription ReadNetwork(ManifestReader network, IReadOnlyList<int> outputCounts)
    {
        var sizes = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (ManifestReader item in network.GetObjects("sizes"))
        {
            sizes[item.GetString("name")] = item.GetSizes("values");
        }

        return new NetworkDescription(network.GetString("kind"), network.GetInt32("featureCount", 1, MaximumSize), outputCounts, sizes);
    }
}
