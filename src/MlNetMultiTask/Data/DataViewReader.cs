using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Data;

/// <summary>Reads an IDataView once, and of it only the feature, label and weight columns, into memory.</summary>
internal sealed class DataViewReader(string featureColumnName, IReadOnlyList<PredictionTask> tasks, string? weightColumnName, string? tagColumnName = null)
{
    /// <summary>Whether rows without a label are read too: a teacher tells what there is to learn of them.</summary>
    public bool KeepsUnlabelled { get; init; }

    /// <summary>Reads and checks the rows.</summary>
    /// <param name="view">The data.</param>
    /// <param name="trained">What training learned of each task's labels; null when reading training data.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">A column is missing, of a wrong type, or holds invalid values.</exception>
    public TabularData Read(IDataView view, IReadOnlyList<LabelInfo>? trained, CancellationToken cancellationToken)
    {
        DataViewSchema.Column featureColumn = DataColumns.RequireFeatures(view.Schema, featureColumnName);
        DataViewSchema.Column[] labelColumns = [.. tasks.Select(task => DataColumns.RequireLabel(view.Schema, task))];
        DataViewSchema.Column? weightColumn = weightColumnName is null ? null : DataColumns.RequireWeights(view.Schema, weightColumnName);
        DataViewSchema.Column?[] taskWeightColumns = [.. tasks.Select(task => task.ExampleWeightColumnName is { } name ? DataColumns.RequireWeights(view.Schema, name, task) : (DataViewSchema.Column?)null)];
        DataViewSchema.Column? tagColumn = tagColumnName is null ? null : DataColumns.RequireTags(view.Schema, tagColumnName);
        int[] widths = [.. tasks.Select((task, i) => TaskColumns.GetLabelWidth(task, labelColumns[i], trained?[i]))];
        int featureCount = ((VectorDataViewType)featureColumn.Type).Size;
        long? expectedRows = view.GetRowCount();

        var features = new GrowingBuffer(featureCount, expectedRows);
        var labels = widths.Select(width => new GrowingBuffer(width, expectedRows)).ToArray();
        var weights = new GrowingBuffer(1, weightColumn is null ? 1 : expectedRows);
        GrowingBuffer?[] taskWeights = [.. taskWeightColumns.Select(column => column is null ? null : new GrowingBuffer(1, expectedRows))];
        var tags = new List<int>();
        var sourceRows = new List<long>();
        var featureChecks = new ValueChecks($"Feature column '{featureColumnName}'", "finite numbers", "Replace them before the trainer, for example with Transforms.ReplaceMissingValues.");
        var labelChecks = tasks.Select(task => new ValueChecks($"Label column '{task.LabelColumnName}' of task '{task.Name}'", task.ValidValues, "Correct or filter these rows before the trainer.")).ToArray();
        ValueChecks CreateWeightChecks(string? name) => new($"Example weight column '{name}'", "finite numbers of 0 or more", "Correct or filter these rows before the trainer.");
        ValueChecks weightChecks = CreateWeightChecks(weightColumnName);
        ValueChecks[] taskWeightChecks = [.. tasks.Select(task => CreateWeightChecks(task.ExampleWeightColumnName))];

        IEnumerable<DataViewSchema.Column> columns = labelColumns.Append(featureColumn).Concat(taskWeightColumns.Append(weightColumn).Append(tagColumn).OfType<DataViewSchema.Column>());
        using DataViewRowCursor cursor = view.GetRowCursor(columns.Distinct());
        var getFeatures = cursor.GetGetter<VBuffer<float>>(featureColumn);
        var getLabels = tasks.Select((task, i) => task.CreateLabelGetter(cursor, labelColumns[i], trained?[i])).ToArray();
        ValueGetter<float>? getWeight = weightColumn is { } column ? cursor.GetGetter<float>(column) : null;

        ValueGetter<float>?[] getTaskWeights = [.. taskWeightColumns.Select(found => found is { } own ? cursor.GetGetter<float>(own) : null)];
        Func<int>? getTag = tagColumn is { } tagged ? RowTags.CreateGetter(cursor, tagged) : null;

        VBuffer<float> buffer = default;
        long row = 0;
        long skipped = 0;
        long unknown = 0;
        double weightSum = 0;
        for (; cursor.MoveNext(); row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool labelled = false;
            for (int i = 0; i < tasks.Count; i++)
            {
                Span<float> label = labels[i].NextRow();
                getLabels[i](label);
                (bool any, int unknownClasses) = CheckLabel(tasks[i], label, labelChecks[i], row);
                labelled |= any;
                unknown += unknownClasses;
            }

            float weight = 1f;
            getWeight?.Invoke(ref weight);
            weightChecks.Check(float.IsFinite(weight) && weight >= 0, weight, row);
            if ((!labelled && !KeepsUnlabelled) || weight == 0f)
            {
                skipped++;
                continue;
            }

            Span<float> destination = features.NextRow();
            getFeatures(ref buffer);
            CopyFeatures(buffer, destination, row);
            CheckFeatures(destination, featureChecks, row);
            features.Commit();
            sourceRows.Add(row);
            Array.ForEach(labels, label => label.Commit());
            weights.NextRow()[0] = weight;
            weights.Commit();
            weightSum += weight;
            for (int i = 0; i < tasks.Count; i++)
            {
                if (getTaskWeights[i] is { } getTaskWeight)
                {
                    float taskWeight = 1f;
                    getTaskWeight(ref taskWeight);
                    taskWeightChecks[i].Check(float.IsFinite(taskWeight) && taskWeight >= 0, taskWeight, row);
                    taskWeights[i]!.NextRow()[0] = taskWeight;
                    taskWeights[i]!.Commit();
                }
            }

            if (getTag is not null)
            {
                tags.Add(getTag());
            }
        }

        featureChecks.ThrowIfAny();
        Array.ForEach(labelChecks, check => check.ThrowIfAny());
        weightChecks.ThrowIfAny();
        Array.ForEach(taskWeightChecks, check => check.ThrowIfAny());
        RequireRows(features.RowCount, row, skipped);
        return new TabularData
        {
            RowCount = features.RowCount,
            FeatureCount = featureCount,
            Features = features.Values,
            Labels = [.. labels.Select(label => label.Span.ToArray())],
            LabelWidths = widths,
            Weights = getWeight is null ? null : Normalize(weights.Span, weightSum),
            TaskWeights = Array.Exists(taskWeights, own => own is not null) ? [.. taskWeights.Select(own => own?.Span.ToArray())] : null,
            Tags = getTag is null ? null : [.. tags],
            SourceRows = skipped == 0 ? null : [.. sourceRows],
            SourceRowCount = row,
            SkippedRowCount = skipped,
            UnknownLabelCount = unknown,
        };
    }

    private static (bool Labelled, int Unknown) CheckLabel(PredictionTask task, Span<float> label, ValueChecks checks, long row)
    {
        bool labelled = false;
        int unknown = 0;
        for (int slot = 0; slot < label.Length; slot++)
        {
            if (float.IsNaN(label[slot]))
            {
                continue;
            }

            if (task.HasIndexTargets && label[slot] < 0)
            {
                label[slot] = float.NaN;
                unknown++;
                continue;
            }

            labelled = true;
            checks.Check(task.IsValid(label[slot]), label[slot], row);
        }

        return (labelled, unknown);
    }

    private void CopyFeatures(in VBuffer<float> source, Span<float> destination, long row)
    {
        if (source.Length != destination.Length)
        {
            throw new InvalidOperationException($"Row {row} of feature column '{featureColumnName}' has {source.Length} slots, and the column's type says {destination.Length}.");
        }

        source.CopyTo(destination);
    }

    private static void CheckFeatures(ReadOnlySpan<float> features, ValueChecks checks, long row)
    {
        if (AllFinite(features))
        {
            return;
        }

        foreach (float value in features)
        {
            if (!float.IsFinite(value))
            {
                checks.Check(false, value, row);
                return;
            }
        }
    }

    /// <summary>A finite number times 0 is 0, and any other is NaN: the sum tells in one fast pass.</summary>
    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> sum = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            sum += vector * Vector<float>.Zero;
        }

        float rest = Vector.Sum(sum);
        foreach (float value in values[(vectors.Length * Vector<float>.Count)..])
        {
            rest += value * 0f;
        }

        return rest == 0f;
    }

    private void RequireRows(int used, long read, long skipped)
    {
        if (used == 0)
        {
            throw new ArgumentException(
                read == 0
                    ? "The data has no rows."
                    : $"None of the {read} rows can be used: {skipped} have no label for any of the tasks ({TaskColumns.Describe(tasks.Select(task => task.Name))})"
                        + (weightColumnName is null ? "." : $", or weight 0 in '{weightColumnName}'."));
        }
    }

    /// <summary>Brings weights to mean 1, so that their scale does not act like a learning rate.</summary>
    private static float[] Normalize(ReadOnlySpan<float> weights, double sum)
    {
        double mean = sum / weights.Length;
        float[] normalized = weights.ToArray();
        for (int i = 0; i < normalized.Length; i++)
        {
            normalized[i] = (float)(normalized[i] / mean);
        }

        return normalized;
    }
}
