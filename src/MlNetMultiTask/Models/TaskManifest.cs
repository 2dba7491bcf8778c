using System.Text.Json;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>A task and what training learned of its label, as JSON.</summary>
internal static class TaskManifest
{
    private const int MaximumNumberOfOutputs = 100_000_000;

    private static readonly Dictionary<string, Type> _keyTypes =
        new[] { typeof(byte), typeof(ushort), typeof(uint), typeof(ulong) }.ToDictionary(type => type.Name);

    public static void Write(Utf8JsonWriter json, PredictionTask task, LabelInfo label)
    {
        TaskDescription description = task.Describe();
        json.WriteStartObject();
        json.WriteString("kind", description.Kind);
        json.WriteString("name", description.Name);
        json.WriteString("labelColumnName", description.LabelColumnName);
        json.WriteNumber("lossWeight", description.LossWeight);
        json.WriteString("scoreColumnName", description.ScoreColumnName);
        WriteOptional(json, "probabilityColumnName", description.ProbabilityColumnName);
        WriteOptional(json, "predictedLabelColumnName", description.PredictedLabelColumnName);
        WriteOptional(json, "positiveLabel", description.PositiveLabel);
        if (description.DecisionThreshold is { } threshold)
        {
            json.WriteNumber("decisionThreshold", threshold);
        }

        WriteOptional(json, "decisionThresholdMetric", description.DecisionThresholdMetric);
        WriteOptional(json, "exampleWeightColumnName", description.ExampleWeightColumnName);
        if (description.LabelSmoothing != 0f)
        {
            json.WriteNumber("labelSmoothing", description.LabelSmoothing);
        }

        WriteClassWeights(json, description.ClassWeights);
        WriteLabel(json, label);
        json.WriteEndObject();
    }

    public static (PredictionTask Task, LabelInfo Label) Read(ManifestReader json)
    {
        var description = new TaskDescription
        {
            Kind = json.GetString("kind"),
            Name = json.GetString("name"),
            LabelColumnName = json.GetString("labelColumnName"),
            LossWeight = json.GetSingle("lossWeight"),
            ScoreColumnName = json.GetString("scoreColumnName"),
            ProbabilityColumnName = json.GetOptionalString("probabilityColumnName"),
            PredictedLabelColumnName = json.GetOptionalString("predictedLabelColumnName"),
            PositiveLabel = json.GetOptionalString("positiveLabel"),
            DecisionThreshold = json.GetOptionalSingle("decisionThreshold"),
            DecisionThresholdMetric = json.GetOptionalString("decisionThresholdMetric"),
            ExampleWeightColumnName = json.GetOptionalString("exampleWeightColumnName"),
            LabelSmoothing = json.GetOptionalSingle("labelSmoothing") ?? 0f,
            ClassWeights = ReadClassWeights(json),
        };
        PredictionTask task = description.ToTask();
        LabelInfo label = ReadLabel(json.GetObject("label"));
        label.RequireFit(task);
        return (task, label);
    }

    private static void WriteClassWeights(Utf8JsonWriter json, ClassWeights? weights)
    {
        if (weights is null)
        {
            return;
        }

        json.WriteStartObject("classWeights");
        if (weights.PositiveWeight is { } positive)
        {
            json.WriteNumber("positive", positive);
        }

        if (weights.ByName is { } byName)
        {
            json.WriteStartArray("names");
            foreach (string name in byName.Keys)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            WriteSingles(json, "weights", [.. byName.Values]);
        }

        json.WriteEndObject();
    }

    private static ClassWeights? ReadClassWeights(ManifestReader json)
    {
        if (json.GetOptionalObject("classWeights") is not { } weights)
        {
            return null;
        }

        try
        {
            return weights.GetOptionalSingle("positive") is { } positive ? ClassWeights.Positive(positive)
                : weights.GetOptionalSingles("weights") is { } values ? ClassWeights.Of([.. weights.GetStrings("names").Zip(values)])
                : ClassWeights.Balanced();
        }
        catch (ArgumentException)
        {
            throw json.Invalid("classWeights", "valid class weights");
        }
    }

    private static void WriteLabel(Utf8JsonWriter json, LabelInfo label)
    {
        json.WriteStartObject("label");
        json.WriteNumber("outputCount", label.OutputCount);
        json.WriteBoolean("isVector", label.IsVector);
        WriteOptional(json, "keyType", label.KeyType?.Name);
        WriteOptional(json, "positiveLabel", label.PositiveLabel);
        WriteSingles(json, "thresholds", label.Thresholds);
        WriteSingles(json, "means", label.Means);
        WriteSingles(json, "deviations", label.Deviations);
        if (label.Names is { } names)
        {
            json.WriteStartObject("names");
            json.WriteString("type", names.TypeName);
            json.WriteStartArray("values");
            foreach (string text in names.Texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static LabelInfo ReadLabel(ManifestReader json)
    {
        ManifestReader? names = json.GetOptionalObject("names");
        string? keyType = json.GetOptionalString("keyType");
        return new LabelInfo
        {
            OutputCount = json.GetInt32("outputCount", 1, MaximumNumberOfOutputs),
            IsVector = json.GetBoolean("isVector"),
            KeyType = keyType is null ? null : _keyTypes.TryGetValue(keyType, out Type? type) ? type : throw json.Invalid("keyType", "an unsigned integer type"),
            PositiveLabel = json.GetOptionalString("positiveLabel"),
            Thresholds = json.GetOptionalSingles("thresholds"),
            Means = json.GetOptionalSingles("means"),
            Deviations = json.GetOptionalSingles("deviations"),
            Names = names is null ? null : LabelNames.Parse(names.GetString("type"), names.GetStrings("values")),
        };
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteSingles(Utf8JsonWriter json, string name, float[]? values)
    {
        if (values is not null)
        {
            json.WriteStartArray(name);
            Array.ForEach(values, json.WriteNumberValue);
            json.WriteEndArray();
        }
    }
}
