using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MlNetMultiTask.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Trainers;

/// <summary>All that the result of a training depends on, as texts by name: a checkpoint of other settings is of another training.</summary>
internal static class TrainingSettings
{
    /// <summary>What concerns the training as a whole.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(
        MultiTaskTrainerOptions options, IReadOnlyList<PredictionTask> tasks, ulong seed, IReadOnlyList<LabelInfo> labels, TabularData rows, TabularData? validation)
    {
        var settings = new List<KeyValuePair<string, string>>
        {
            new("BatchSize", Text(options.BatchSize)),
            new("MaximumNumberOfEpochs", Text(options.MaximumNumberOfEpochs)),
            new("number of threads", Text(options.NumberOfThreads ?? torch.get_num_threads())),
            new("EarlyStopping", options.EarlyStopping?.ToString() ?? "none"),
            new("OnCancellation", Text(options.OnCancellation)),
            new("seed of rows", Text(seed)),
        };
        settings.AddRange(tasks.Select((task, i) => new KeyValuePair<string, string>($"task '{task.Name}'", Describe(task, labels[i]))));
        AddRows(settings, "training", rows);
        AddRows(settings, "validation", validation);
        return settings;
    }

    /// <summary>What concerns a network and its steps.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> OfNetwork(MultiTaskTrainerOptions options, ulong seed, MultiTaskNetwork network, NetworkModel? initial)
    {
        NetworkDescription description = network.Description;
        return
        [
            new("network", description.Describe()),
            new("number of features", Text(description.FeatureCount)),
            new("outputs", string.Join(", ", description.OutputCounts.Select(count => Text(count)))),
            new("LearningRate", options.LearningRate.ToString()),
            new("Optimizer", options.Optimizer.ToString()),
            new("MaximumGradientNorm", Text(options.MaximumGradientNorm)),
            new("Activation", Text(options.Activation)),
            new("Dropout", Text(options.Dropout)),
            new("Balancing", options.Balancing.ToString()),
            new("BalancedGradients", Text(options.BalancedGradients)),
            new("seed", Text(seed)),
            new("checksum of the initial model", initial is null ? "none" : Convert.ToHexString(XxHash3.Hash(WeightsFile.Write(initial.ExportWeights())))),
        ];
    }

    private static void AddRows(List<KeyValuePair<string, string>> settings, string role, TabularData? rows)
    {
        settings.Add(new($"number of {role} rows", Text(rows?.RowCount ?? 0)));
        var hash = new XxHash3();
        if (rows is not null)
        {
            Append(hash, rows.Features.AsSpan(0, rows.RowCount * rows.FeatureCount));
            foreach (float[]? values in rows.Labels.Append(rows.Weights).Concat(rows.TaskWeights ?? []))
            {
                Append(hash, values);
            }
        }

        settings.Add(new($"checksum of the {role} data", Convert.ToHexString(hash.GetCurrentHash())));
    }

    /// <summary>In pieces: a span has at most 2 GiB of bytes, and features may be more.</summary>
    private static void Append(XxHash3 hash, ReadOnlySpan<float> values)
    {
        const int Piece = 1 << 24;
        for (int start = 0; start < values.Length; start += Piece)
        {
            hash.Append(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(Piece, values.Length - start))));
        }
    }

    private static string Describe(PredictionTask task, LabelInfo label)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            TaskManifest.Write(json, task, label);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Text(object? value) => value is null ? "none" : FormattableString.Invariant($"{value}");
}
