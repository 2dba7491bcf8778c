using System.Diagnostics;
using MlNetMultiTask.Balancing;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>One training at work: an engine, the rows it learns from, and where it stands. It goes on epoch by epoch.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const int MeasuringBatchSize = 1024;
    private const string DivergenceRemedy = "Scale the features (Transforms.NormalizeMeanVariance with fixZero: false), lower the learning rate, or look for extreme labels.";

    private readonly MultiTaskTrainerOptions _options;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IReadOnlyList<RunningMetric> _metrics;
    private readonly IBatchSource _training;
    private readonly IBatchSource? _validation;
    private readonly ITaskWeighting _weighting;
    private readonly ulong _seed;
    private readonly CounterRandom _balancingRandom;
    private readonly bool[] _frozen;
    private long _rowsDone;
    private double _seconds;

    /// <param name="options">The trainer's options.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="metrics">Per task, what counts its main metric.</param>
    /// <param name="seed">The seed of all random numbers.</param>
    /// <param name="engine">What executes the steps; owned by the session.</param>
    /// <param name="training">The rows to learn from; owned by the session.</param>
    /// <param name="validation">The rows to measure on, or null; owned by the session.</param>
    /// <exception cref="ArgumentException">The balancing method does not suit the network.</exception>
    public TrainingSession(
        MultiTaskTrainerOptions options,
        IReadOnlyList<PredictionTask> tasks,
        IReadOnlyList<RunningMetric> metrics,
        ulong seed,
        ITrainingEngine engine,
        IBatchSource training,
        IBatchSource? validation)
    {
        _options = options;
        _tasks = tasks;
        _metrics = metrics;
        _seed = seed;
        Engine = engine;
        _training = training;
        _validation = validation;
        _weighting = options.Balancing.Start([.. tasks.Select(task => task.Name)]);
        _balancingRandom = new CounterRandom(seed, (uint)RandomStream.Balancing);
        _frozen = new bool[tasks.Count];
        StepsPerEpoch = (training.RowCount + options.BatchSize - 1) / options.BatchSize;
        if (options.Balancing.Needs.HasFlag(BalancingNeeds.Gramian) && !engine.HasSharedParameters)
        {
            Dispose();
            throw new ArgumentException(
                $"Option Balancing is {options.Balancing.Name}, which balances the tasks' gradients of the parameters they share; the network {engine.NetworkKind} with these layers has no such parameters. Use TaskBalancing.Sum() or Fixed(...), or a network with shared layers.",
                nameof(options));
        }
    }

    public ITrainingEngine Engine { get; }

    /// <summary>The epochs completed.</summary>
    public int Epoch { get; private set; }

    /// <summary>What the schedule's rate is multiplied by.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>Per task, whether it has been frozen.</summary>
    public IReadOnlyList<bool> Frozen => _frozen;

    /// <summary>The steps of an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Training rows per second in the epoch that is under way or has ended last, validation not counted.</summary>
    public double RowsPerSecond => _rowsDone / _seconds;

    /// <summary>Whether there are rows to measure on.</summary>
    public bool HasValidation => _validation is not null;

    /// <summary>Is told after each step: the step in its epoch from 0, its losses, the learning rate, and the sums of the epoch so far.</summary>
    public Action<int, StepLosses, double, EpochSums>? AfterStep { get; set; }

    /// <summary>Passes once over the training rows, then measures on the validation rows.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; the epoch does not count, though some of its steps are done.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    public TrainingEpoch RunEpoch()
    {
        var shuffle = new CounterRandom(_seed, (uint)RandomStream.Shuffle, (uint)Epoch);
        Engine.BeginEpoch(new CounterRandom(_seed, (uint)RandomStream.Dropout, (uint)Epoch).NextUInt64());
        var sums = new EpochSums(_tasks.Count);
        double[] weightSums = new double[_tasks.Count];
        double rate = 0;
        _rowsDone = 0;
        long started = Stopwatch.GetTimestamp();
        using (IBatchReader reader = _training.Open(_options.BatchSize, shuffle.NextPermutation))
        {
            for (int step = 0; ; step++)
            {
                _options.CancellationToken.ThrowIfCancellationRequested();
                using IDisposable scope = torch.NewDisposeScope();
                if (reader.Read() is not { } batch)
                {
                    break;
                }

                rate = RateFactor * _options.LearningRate.GetRate(((long)Epoch * StepsPerEpoch) + step, StepsPerEpoch, _options.MaximumNumberOfEpochs);
                StepLosses losses = RunStep(batch, rate, weightSums);
                sums.Add(losses);
                _rowsDone += batch.RowCount;
                _seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                AfterStep?.Invoke(step, losses, rate, sums);
            }
        }

        if (!Engine.HasFiniteParameters)
        {
            throw new InvalidOperationException($"The weights are no longer finite numbers in epoch {Epoch + 1}, so training has stopped. {DivergenceRemedy}");
        }

        IReadOnlyDictionary<string, double> trainingMetrics = TakeMetrics();
        EpochFigures? validation = _validation is null ? null : Measure(_validation);
        Epoch++;
        return new TrainingEpoch
        {
            Number = Epoch,
            TrainingLosses = ByTask(sums.GetMeans()),
            TrainingMetrics = trainingMetrics,
            ValidationLosses = validation?.Losses,
            ValidationMetrics = validation?.Metrics,
            TaskWeights = ByTask(weightSums.Select(sum => sum / StepsPerEpoch)),
            LearningRate = rate,
            ParameterDistance = Engine.ParameterDistance,
            Duration = Stopwatch.GetElapsedTime(started),
        };
    }

    /// <summary>Sets a task's own parameters to earlier ones and keeps them there; the task no longer moves the shared ones.</summary>
    public void Freeze(int task, float[] parameters)
    {
        Engine.Freeze(task, parameters);
        _frozen[task] = true;
    }

    /// <summary>All that the next epoch depends on, beside the rows, the options and the rate's factor.</summary>
    public SessionState Export() => new(Epoch, Engine.Export(), _weighting.ExportState(), _balancingRandom.Position, [.. _frozen]);

    /// <summary>Goes on from where <see cref="Export"/> was called.</summary>
    /// <exception cref="FormatException">The state is not one of this training.</exception>
    public void Import(SessionState state)
    {
        Engine.Import(state.Engine);
        for (int i = 0; i < _frozen.Length; i++)
        {
            if (state.Frozen[i])
            {
                Freeze(i, state.Engine.Parameters);
            }
        }

        _weighting.ImportState(state.Weighting);
        _balancingRandom.Position = state.BalancingPosition;
        Epoch = state.Epoch;
    }

    public void Dispose()
    {
        Engine.Dispose();
        _training.Dispose();
        _validation?.Dispose();
    }

    /// <summary>Values of the tasks by their names.</summary>
    internal IReadOnlyDictionary<string, double> ByTask(IEnumerable<double> values) =>
        _tasks.Zip(values).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);

    private StepLosses RunStep(Batch batch, double rate, double[] weightSums)
    {
        StepLosses losses = Engine.ComputeLosses(batch);
        RequireFinite(losses.RowSums, "loss");
        Engine.Observe(batch, _metrics);
        bool balancesGradients = _options.Balancing.Needs.HasFlag(BalancingNeeds.Gramian);
        double[,]? gramian = balancesGradients ? Engine.ComputeSharedGramian() : null;
        double[] weights = new double[_tasks.Count];
        var inputs = new BalancingInputs { Present = losses.Present, Losses = losses.Losses, Gramian = gramian, NextRandom = _balancingRandom.NextDouble };
        _weighting.GetWeights(inputs, weights);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = _frozen[i] ? 0 : weights[i];
            weightSums[i] += weights[i];
        }

        if (balancesGradients)
        {
            Engine.CombineSharedGradients(weights);
        }
        else
        {
            Engine.Backward(weights);
        }

        Engine.Update(rate);
        if (_options.Balancing.Needs.HasFlag(BalancingNeeds.LossesAfterUpdate))
        {
            _weighting.Observe(Engine.ComputeLosses(batch).Losses);
        }

        return losses;
    }

    private void RequireFinite(double[] losses, string name)
    {
        int task = Array.FindIndex(losses, sum => !double.IsFinite(sum));
        if (task >= 0)
        {
            throw new InvalidOperationException($"The {name} of task '{_tasks[task].Name}' is no longer a finite number in epoch {Epoch + 1}, so training has stopped. {DivergenceRemedy}");
        }
    }

    private EpochFigures Measure(IBatchSource source)
    {
        var sums = new EpochSums(_tasks.Count);
        using IBatchReader reader = source.Open(MeasuringBatchSize, null);
        while (true)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            using IDisposable scope = torch.NewDisposeScope();
            if (reader.Read() is not { } batch)
            {
                RequireFinite(sums.Losses, "validation loss");
                return new EpochFigures(ByTask(sums.GetMeans()), TakeMetrics());
            }

            Engine.Measure(batch, sums.Losses, sums.Weights);
            Engine.Observe(batch, _metrics);
        }
    }

    private IReadOnlyDictionary<string, double> TakeMetrics() => ByTask(_metrics.Select(metric => metric.Take()).ToArray());
}
