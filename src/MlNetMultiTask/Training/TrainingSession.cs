using System.Diagnostics;
using MlNetMultiTask.Balancing;
using MlNetMultiTask.Data;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>One training at work: an engine, the rows it learns from, and where it stands. It goes on epoch by epoch.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const int MeasuringBatchSize = 1024;

    private readonly MultiTaskTrainerOptions _options;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly ITrainingEngine _engine;
    private readonly IBatchSource _training;
    private readonly IBatchSource? _validation;
    private readonly ITaskWeighting _weighting;
    private readonly ulong _seed;
    private readonly CounterRandom _balancingRandom;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <param name="options">The trainer's options.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="seed">The seed of all random numbers.</param>
    /// <param name="engine">What executes the steps; owned by the session.</param>
    /// <param name="training">The rows to learn from; owned by the session.</param>
    /// <param name="validation">The rows to measure on, or null; owned by the session.</param>
    /// <exception cref="ArgumentException">The balancing method does not suit the network.</exception>
    public TrainingSession(
        MultiTaskTrainerOptions options, IReadOnlyList<PredictionTask> tasks, ulong seed, ITrainingEngine engine, IBatchSource training, IBatchSource? validation)
    {
        _options = options;
        _tasks = tasks;
        _seed = seed;
        _engine = engine;
        _training = training;
        _validation = validation;
        _weighting = options.Balancing.Start([.. tasks.Select(task => task.Name)]);
        _balancingRandom = new CounterRandom(seed, (uint)RandomStream.Balancing);
        StepsPerEpoch = (training.RowCount + options.BatchSize - 1) / options.BatchSize;
    }

    /// <summary>The epochs completed.</summary>
    public int Epoch { get; private set; }

    private int StepsPerEpoch { get; }

    /// <summary>Passes once over the training rows, then measures on the validation rows.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    public TrainingProgress RunEpoch()
    {
        var shuffle = new CounterRandom(_seed, (uint)RandomStream.Shuffle, (uint)Epoch);
        double[] lossSums = new double[_tasks.Count];
        double[] weightSums = new double[_tasks.Count];
        double rate = 0;
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

                double progress = (double)(((long)Epoch * StepsPerEpoch) + step) / ((long)_options.MaximumNumberOfEpochs * StepsPerEpoch);
                rate = _options.LearningRate.GetRate(progress);
                StepLosses losses = RunStep(batch, rate);
                Add(losses, lossSums, weightSums);
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Epoch++;
        return new TrainingProgress
        {
            Epoch = Epoch,
            MaximumNumberOfEpochs = _options.MaximumNumberOfEpochs,
            TrainingLosses = Average(lossSums, weightSums),
            ValidationLosses = _validation is null ? null : Measure(_validation),
            LearningRate = rate,
            RowsPerSecond = _training.RowCount / seconds,
            Elapsed = _watch.Elapsed,
        };
    }

    public void Dispose()
    {
        _engine.Dispose();
        _training.Dispose();
        _validation?.Dispose();
    }

    private StepLosses RunStep(Batch batch, double rate)
    {
        StepLosses losses = _engine.ComputeLosses(batch);
        CheckFinite(losses);
        bool balancesGradients = _options.Balancing.Needs.HasFlag(BalancingNeeds.Gramian);
        double[,]? gramian = balancesGradients ? _engine.ComputeSharedGramian() : null;
        double[] weights = new double[_tasks.Count];
        var inputs = new BalancingInputs { Present = losses.Present, Losses = losses.Losses, Gramian = gramian, NextRandom = _balancingRandom.NextDouble };
        _weighting.GetWeights(inputs, weights);
        if (balancesGradients)
        {
            _engine.CombineSharedGradients(weights);
        }
        else
        {
            _engine.Backward(weights);
        }

        _engine.Update(rate);
        if (_options.Balancing.Needs.HasFlag(BalancingNeeds.LossesAfterUpdate))
        {
            _weighting.Observe(_engine.ComputeLosses(batch).Losses);
        }

        return losses;
    }

    private void CheckFinite(StepLosses losses)
    {
        int task = Array.FindIndex(losses.RowSums, sum => !double.IsFinite(sum));
        if (task >= 0)
        {
            throw new InvalidOperationException(
                $"The loss of task '{_tasks[task].Name}' is no longer a finite number in epoch {Epoch + 1}, so training has stopped. "
                + "Scale the features (Transforms.NormalizeMeanVariance with fixZero: false), lower the learning rate, or look for extreme labels.");
        }
    }

    private Dictionary<string, double> Measure(IBatchSource source)
    {
        double[] lossSums = new double[_tasks.Count];
        double[] weightSums = new double[_tasks.Count];
        using IBatchReader reader = source.Open(MeasuringBatchSize, null);
        while (true)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            using IDisposable scope = torch.NewDisposeScope();
            if (reader.Read() is not { } batch)
            {
                return Average(lossSums, weightSums);
            }

            _engine.Measure(batch, lossSums, weightSums);
        }
    }

    private static void Add(StepLosses losses, double[] lossSums, double[] weightSums)
    {
        for (int i = 0; i < lossSums.Length; i++)
        {
            lossSums[i] += losses.RowSums[i];
            weightSums[i] += losses.RowWeights[i];
        }
    }

    private Dictionary<string, double> Average(double[] lossSums, double[] weightSums) =>
        _tasks.Select((task, i) => (task.Name, Loss: lossSums[i] / weightSums[i])).ToDictionary(item => item.Name, item => item.Loss);
}
