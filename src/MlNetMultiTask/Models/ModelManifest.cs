using System.Text.Json;
using MlNetMultiTask.Data;
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
    private const int MaximumDepth = 8;

    public static byte[] Write(NetworkModel model)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("model", NetworkModel.KindName);
            json.WriteString("featureColumnName", model.FeatureColumnName);
            if (model.FeatureSlots is { } slots)
            {
                WriteSlots(json, slots);
            }

            json.WriteStartObject("network");
            NetworkManifest.Write(json, model.Description);
            json.WriteEndObject();
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
    public static Model Read(ModelEntries entries, string prefix) => Read(entries, prefix, 0);

    private static Model Read(ModelEntries entries, string prefix, int depth)
    {
        ManifestReader manifest = ManifestReader.Parse(entries.Get(prefix + EntryName));
        string kind = manifest.GetString("model");
        TrainingHistory? history = entries.Find(prefix + HistoryEntryName) is { } json ? HistoryJson.Read(json) : null;
        Model ReadMember(int member) => depth < MaximumDepth
            ? Read(entries, CompositeManifest.GetMemberPrefix(prefix, member), depth + 1)
            : throw new FormatException($"The model has models inside models, more than {MaximumDepth} deep.");

        return kind switch
        {
            NetworkModel.KindName => ReadNetworkModel(manifest, entries.Get(prefix + WeightsEntryName), history),
            EnsembleModel.KindName => EnsembleManifest.Read(manifest, ReadMember, history),
            GroupedModel.KindName => GroupedManifest.Read(manifest, ReadMember, history),
            _ => throw new FormatException($"The model kind '{kind}' is unknown to this version of MlNetMultiTask; use a newer one."),
        };
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

        NetworkDescription description = NetworkManifest.Read(manifest.GetObject("network"), [.. tasks.Select(task => task.Label.OutputCount)]);
        IReadOnlyList<NamedTensor> tensors = WeightsFile.Read(weights);
        var stored = new NetworkSize(tensors.Sum(tensor => tensor.Values.LongLength), tensors.Count);
        NetworkSize needed = NetworkKinds.Measure(description);
        bool fits = description.HasCustomModules ? stored.Numbers >= needed.Numbers && stored.Tensors >= needed.Tensors : stored == needed;
        if (!fits)
        {
            // Checked before the network is built: the manifest alone must not decide how much memory is taken.
            throw new FormatException(
                $"The model's weights hold {stored.Numbers} numbers in {stored.Tensors} tensors, and its network has {needed.Numbers} in {needed.Tensors}: the entries do not belong together.");
        }

        CustomModuleManifest.RequireSizes(description, stored.Numbers);
        using IDisposable budget = CustomModuleBudget.Begin(stored.Numbers - needed.Numbers);
        MultiTaskNetwork network = NetworkKinds.Create(description);
        try
        {
            NetworkWeights.Import(network, tensors);
            return new NetworkModel(network, featureColumnName, [.. tasks.Select(task => task.Task)], [.. tasks.Select(task => task.Label)]) { History = history, FeatureSlots = ReadSlots(manifest, description.FeatureCount) };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static void WriteSlots(Utf8JsonWriter json, FeatureSlots slots)
    {
        json.WriteStartObject("features");
        json.WriteNumber("count", slots.FeatureCount);
        json.WriteStartArray("slots");
        foreach (int slot in slots.Slots)
        {
            json.WriteNumberValue(slot);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static FeatureSlots? ReadSlots(ManifestReader manifest, int seen)
    {
        if (manifest.GetOptionalObject("features") is not { } features)
        {
            return null;
        }

        int count = features.GetInt32("count", 1, NetworkManifest.MaximumSize);
        int[] slots = [.. features.GetInt64s("slots").Select(slot => slot >= 0 && slot < count ? (int)slot : throw features.Invalid("slots", "slots of the feature column"))];
        return slots.Length == seen && slots.Zip(slots.Skip(1)).All(pair => pair.First < pair.Second)
            ? new FeatureSlots(count, slots)
            : throw features.Invalid("slots", $"{seen} slots, ascending");
    }
}
