using System.Diagnostics;
using Microsoft.ML;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>Trains a trainer that is sampled, and its single-task twins, to tell how tasks get on with one another.</summary>
internal sealed class AffinityMeter
{
    private readonly MultiTaskTrainer _trainer;
    private readonly TaskAffinityOptions _options;
    private readonly IDataView _rows;
    private readonly CancellationToken _cancellationToken;
    private readonly string[] _tasks;
    private readonly List<TrainingEpoch> _epochs = [];
    private readonly List<double[]> _similarities = [];
    private string? _problem;
    private int _trainings;

    private AffinityMeter(MultiTaskTrainer trainer, TaskAffinityOptions options, IDataView rows, CancellationToken cancellationToken)
    {
        _trainer = trainer;
        _options = options;
        _rows = rows;
        _cancellationToken = cancellationToken;
        _tasks = [.. trainer.Tasks.Select(task => task.Name)];
    }

    /// <summary>Measures.</summary>
    /// <param name="data">The data.</param>
    /// <param name="preprocessing">What makes features and labels; null for none.</param>
    /// <param name="trainer">The trainer.</param>
    /// <param name="options">The options.</param>
    /// <param name="cancellationToken">Ends it, as the options' token and the trainer's do.</param>
    public static TaskAffinity Run(IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, TaskAffinityOptions options, CancellationToken cancellationToken = default)
    {
        options.Validate();
        if (options.ComparesTwins && trainer.GoesOn)
        {
            throw new ArgumentException("The trainer, or a part of it, goes on from an initial model, from which a network for one task can't. Set ComparesTwins to false, or leave the trainer's InitialModel null.", nameof(trainer));
        }

        TaskAffinity Measure(CancellationToken token)
        {
            ITransformer? prepared = preprocessing is null ? null : FailurePlace.Attempt("In the preprocessing", () => preprocessing.Fit(data), isForeign: true, token);
            try
            {
                return new AffinityMeter(trainer, options, prepared?.Transform(data) ?? data, token).Measure();
            }
            finally
            {
                (prepared as IDisposable)?.Dispose();
            }
        }

        return LinkedCancellation.Run(Measure, options.CancellationToken, trainer.Run.CancellationToken, cancellationToken);
    }

    private TaskAffinity Measure()
    {
        FeatureSample? sample = _options.ComparesTwins
            ? FeatureSample.Draw(_rows, _trainer.FeatureColumnName, _options.MaximumNumberOfRows, new CounterRandom(_trainer.Seed, (uint)RandomStream.Affinity, 1), _cancellationToken)
            : null;
        var random = new CounterRandom(_trainer.Seed, (uint)RandomStream.Affinity);
        for (int i = 0; i < _options.NumberOfSeeds; i++)
        {
            MeasureSeed(i == 0 ? _trainer.SeedOfVariations : random.NextUInt64(), sample);
        }

        // Who was told of the last training may have cancelled.
        _cancellationToken.ThrowIfCancellationRequested();

        return TaskAffinity.Create(_tasks, _epochs, _options.NumberOfSeeds, _similarities, sample is null ? TaskAffinity.NoTwins : _problem);
    }

    private void MeasureSeed(ulong? seed, FeatureSample? sample)
    {
        TrainingRun GetRun(bool isTold) => _trainer.Run.ForMeasurement(isTold) with { CancellationToken = _cancellationToken };
        Train(null, new TrainerVariation { Seed = seed, Run = GetRun(isTold: true), Sampling = new AffinitySampling(_options.SamplingInterval) }, model => _epochs.AddRange(FindMeasured(model)));
        if (sample is null)
        {
            return;
        }

        var similarity = new TwinSimilarity(_tasks, sample);
        foreach (PredictionTask task in _trainer.Tasks)
        {
            Train(task, TrainerVariation.Alone(task) with { Seed = seed, Run = GetRun(isTold: false) }, model => similarity.Add(task.Name, model.Model));
        }

        _similarities.Add(similarity.Compare());
        _problem ??= similarity.Problem;
    }

    private void Train(PredictionTask? task, TrainerVariation variation, Action<MultiTaskTransformer> use)
    {
        long started = Stopwatch.GetTimestamp();
        using (MultiTaskTransformer model = FailurePlace.Attempt(
            FormattableString.Invariant($"In training {_trainings + 1}, {(task is null ? "together" : $"'{task.Name}' alone")}"), () => _trainer.With(variation).Fit(_rows)))
        {
            use(model);
        }

        _trainings++;
        _options.Progress?.Report(new TaskAffinityProgress
        {
            Training = _trainings,
            NumberOfTrainings = _options.NumberOfSeeds * (1 + (_options.ComparesTwins ? _tasks.Length : 0)),
            TaskName = task?.Name,
            Duration = Stopwatch.GetElapsedTime(started),
        });
    }

    /// <summary>The epochs that were sampled: of networks that learned together or beside one another, those of each.</summary>
    private static IEnumerable<TrainingEpoch> FindMeasured(MultiTaskTransformer model) =>
        model.History is { } history ? TaskAffinity.FindMeasured(history) : model.Members.SelectMany(FindMeasured);
}
