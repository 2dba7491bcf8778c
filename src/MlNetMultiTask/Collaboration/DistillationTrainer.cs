using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Collaboration;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>
/// Knowledge distillation (Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network"): a student learns from labels and from what a teacher says of the same rows,
/// L = α CE(y, z_s) + (1 − α) T² KL(softmax(z_t / T) ‖ softmax(z_s / T)), in the mean over rows. Yes/no and the labels of a set are the same with two classes; of numbers, it is the squared
/// difference from the teacher's, on the scale of the student's labels.
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.Distillation(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Those of the student</description></item>
/// <item><term>Is normalization required?</term><description>As for the student</description></item>
/// <item><term>Is caching required?</term><description>No; the data are read once by each network, and once by the teacher, so that a chain that is slow to read is better cached (<c>AppendCacheCheckpoint</c>)</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch; the teacher's own</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// Rows without a label are used: they have the teacher's term alone. The term of labels is divided by the share of rows that have one, so that a tenth of the labels does not weigh a tenth. Row
/// weights, the task's own too, are for both terms; class weights and label smoothing for that of labels. Tasks that the teacher does not know are learned from labels alone. A number whose
/// labels have no scale (none, or one value) takes it from the teacher. Validation rows are measured against labels.
/// </para>
/// </remarks>
public sealed class DistillationTrainer : MultiTaskTrainer
{
    private readonly DistillationOptions _options;
    private readonly TrainerVariation? _variation;

    internal DistillationTrainer(IHostEnvironment environment, DistillationOptions options, TrainerVariation? variation = null)
        : base(environment, Validated(options).Student.Tasks, options.Student.Seed, variation)
    {
        if (variation?.Teaching is not null)
        {
            throw new ArgumentException("A student has one teacher: this distillation is part of the student of another one. Give what it trains instead.");
        }

        _options = options;
        _variation = variation;
    }

    internal override string FeatureColumnName => _options.Student.FeatureColumnName;

    internal override ulong? SeedOfVariations => _options.Student.SeedOfVariations;

    internal override TrainingRun Run => _variation?.Run ?? _options.Student.Run;

    internal override bool GoesOn => _options.Student.GoesOn;

    internal override bool HasGroups => _options.Student.HasGroups;

    /// <summary>The teacher tells of all rows.</summary>
    internal override long CountStepsOfEpoch(long labelledRows, long rows) => _options.Student.CountStepsOfEpoch(rows, rows);

    /// <inheritdoc/>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema) => CreateStudent(null).GetOutputSchema(inputSchema);

    internal override MultiTaskTransformer Train(IDataView trainData, IDataView? validationData, ITransformer? initialModel)
    {
        var lessons = new TeacherLessons(_options);
        MultiTaskTransformer model = CreateStudent(lessons).Fit(trainData, validationData, initialModel);
        try
        {
            if (_options.MinimumFidelity is { } minimum && lessons.FindTaught(Tasks) is { } taught)
            {
                RequireFidelity(model, minimum, taught, validationData ?? trainData, validationData is null && lessons.HeldOut.Count > 0 ? lessons.HeldOut.Contains : null);
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    internal override MultiTaskTrainer With(TrainerVariation variation) => new DistillationTrainer(Environment, _options, variation);

    private MultiTaskTrainer CreateStudent(ITeaching? teaching) =>
        _options.Student.With((_variation ?? new TrainerVariation { Seed = _options.Student.SeedOfVariations }) with { Teaching = teaching });

    private void RequireFidelity(MultiTaskTransformer model, double minimum, IReadOnlyList<bool> taught, IDataView data, Func<long, bool>? chooses)
    {
        using IChannel channel = Host.Start("Fidelity");

        // Training that was cancelled and gave a model all the same was asked for its best: the token has done its work.
        CancellationToken token = Run.CancellationToken.IsCancellationRequested ? CancellationToken.None : Run.CancellationToken;
        foreach (TaskFidelity fidelity in FidelityMeter.Measure(_options.Teacher, model, taught, data, chooses, warning => channel.Warning(MessageSensitivity.Schema, warning), token))
        {
            channel.Info(MessageSensitivity.Schema, $"The student's agreement with its teacher: {fidelity}");

            // What can't be computed is not reached either.
            if (!(fidelity.Agreement >= minimum))
            {
                throw new InvalidOperationException(FormattableString.Invariant(
                    $"The student's agreement with its teacher is {fidelity.Agreement:0.####} in task '{fidelity.TaskName}' over {fidelity.RowCount} rows, and option MinimumFidelity asks for {minimum}. Train longer, give the student wider layers or more rows (they need no labels), or lower HardLabelWeight."));
            }
        }
    }

    private static DistillationOptions Validated(DistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
