using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Trainers;

/// <summary>Reads what a training needs: the rows to learn from, those to measure on, and what is to be known of the labels.</summary>
internal sealed class TrainingData(MultiTaskTrainerOptions options, IReadOnlyList<PredictionTask> tasks, ulong seed, IChannel channel)
{
    /// <summary>Per task whether a teacher tells what its labels do not; null where there is none. Then rows without any label are read too.</summary>
    public IReadOnlyList<bool>? Taught { get; init; }

    /// <summary>Reads the rows, and puts validation rows aside where the options say so and none are given.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">The validation data, or null.</param>
    /// <param name="known">What an initial model knows of the labels; null without one.</param>
    public (TabularData Training, TabularData? Validation, IReadOnlyList<LabelInfo> Labels) Read(IDataView trainData, IDataView? validationData, IReadOnlyList<LabelInfo>? known)
    {
        bool divides = validationData is null && options.DividesRows;
        if (divides && options.ValidationColumnName is { } flags)
        {
            DataColumns.RequireFlags(trainData.Schema, flags);
        }

        TabularData training = ReadRows(trainData, known, "training", divides ? options.Columns.Tags : null, Taught is not null);
        TabularData? validation = null;
        if (divides)
        {
            (training, validation) = TabularSplit.Apply(training, Draw(training));
            channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Put {validation.RowCount} of these rows aside as validation data."));
        }

        if (FeatureScales.FindProblem(training) is { } problem)
        {
            channel.Warning(MessageSensitivity.Schema, problem);
        }

        IReadOnlyList<LabelInfo> labels = known is null
            ? Learn(trainData.Schema, training)
            : [.. known.Select((label, i) => tasks[i].LearnMore(label, training.Labels[i], training.LabelWidths[i]))];
        return (training, validationData is null ? validation : ReadRows(validationData, labels, "validation", null), labels);
    }

    private bool[] Draw(TabularData rows) =>
        options.ValidationColumnName is not null
            ? Array.ConvertAll(rows.Tags!, tag => tag == 1)
            : TabularSplit.Draw(rows.RowCount, rows.Tags, options.ValidationFraction, new CounterRandom(seed, (uint)RandomStream.Validation).NextPermutation);

    private TabularData ReadRows(IDataView data, IReadOnlyList<LabelInfo>? known, string role, string? tagColumnName, bool keepsUnlabelled = false)
    {
        var reader = new DataViewReader(options.FeatureColumnName, tasks, options.ExampleWeightColumnName, tagColumnName) { KeepsUnlabelled = keepsUnlabelled };
        TabularData rows = reader.Read(data, known, options.CancellationToken);
        channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Read {rows.RowCount} {role} rows of {rows.FeatureCount} features."));
        if (rows.SkippedRowCount > 0)
        {
            channel.Warning(MessageSensitivity.None, FormattableString.Invariant($"Left out {rows.SkippedRowCount} {role} rows {(keepsUnlabelled ? "" : "without a label for any task, or ")}of weight 0."));
        }

        if (rows.UnknownLabelCount > 0)
        {
            channel.Warning(MessageSensitivity.None, FormattableString.Invariant($"{rows.UnknownLabelCount} labels of the {role} data are of classes unknown to the model, and were treated as missing."));
        }

        return rows;
    }

    private LabelInfo[] Learn(DataViewSchema schema, TabularData rows)
    {
        var labels = new LabelInfo[tasks.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            bool isTaught = Taught?[i] == true;
            if (!isTaught && Array.TrueForAll(rows.Labels[i], float.IsNaN))
            {
                throw new ArgumentException($"Label column '{tasks[i].LabelColumnName}' of task '{tasks[i].Name}' has no label in any of the {rows.RowCount} rows. Leave the task out, or look why its labels are missing.");
            }

            if (!isTaught)
            {
                WarnOfEmptySlots(tasks[i], rows.Labels[i], rows.LabelWidths[i]);
            }

            labels[i] = tasks[i].Learn(schema[tasks[i].LabelColumnName], rows.Labels[i], rows.LabelWidths[i], isTaught);
        }

        return labels;
    }

    private void WarnOfEmptySlots(PredictionTask task, float[] labels, int width)
    {
        bool[] labelled = new bool[width];
        for (int i = 0; i < labels.Length; i++)
        {
            labelled[i % width] |= !float.IsNaN(labels[i]);
        }

        string[] empty = [.. Enumerable.Range(0, width).Where(slot => !labelled[slot]).Select(slot => FormattableString.Invariant($"{slot}"))];
        if (empty.Length > 0)
        {
            channel.Warning(MessageSensitivity.Schema, $"Label column '{task.LabelColumnName}' of task '{task.Name}' has no label in {TaskColumns.Describe(empty)} of its slots (counted from 0); what the model says of them means nothing.");
        }
    }
}
