using System.Diagnostics;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>One training at work: a learner, or several that learn from the same batches; the rows; and where it stands. It goes on epoch by epoch.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly MultiTaskTrainerOptions _options;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IBatchSource _training;
    private readonly IBatchSource? _validation;
    private readonly PeerExchange? _peers;
    private readonly ulong _seed;
    private readonly bool[] _frozen;
    private long _rowsDone;
    private double _seconds;

    /// <param name="options">The options of the training: its batches, its epochs and its end.</param>
    /// <param name="tasks">The tasks, in the order of the networks' outputs.</param>
    /// <param name="seed">The seed of the rows' order.</param>
    /// <param name="learners">What learns; owned by the session.</param>
    /// <param name="training">The rows to learn from; owned by the session.</param>
    /// <param name="validation">The rows to measure on, or null; owned by the session.</param>
    /// <param name="peers">What learners tell one another; null for nothing.</param>
    public TrainingSession(
        MultiTaskTrainerOptions options,
        IReadOnlyList<PredictionTask> tasks,
        ulong seed,
        IReadOnlyList<Learner> learners,
        IBatchSource training,
        IBatchSource? validation,
        PeerExchange? peers = null)
    {
        _options = options;
        _tasks = tasks;
        _seed = seed;
        Learners = learners;
        _training = training;
        _validation = validation;
        _peers = peers;
        _frozen = new bool[tasks.Count];
        StepsPerEpoch = (training.RowCount + options.BatchSize - 1) / options.BatchSize;
    }

    public IReadOnlyList<Learner> Learners { get; }

    /// <summary>The epochs completed.</summary>
    public int Epoch { get; private set; }

    /// <summary>What the schedules' rates are multiplied by.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>Per task, whether it has been frozen.</summary>
    public IReadOnlyList<bool> Frozen => _frozen;

    /// <summary>The steps of an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Training rows per second in the epoch that is under way or has ended last, validation not counted.</summary>
    public double RowsPerSecond => _rowsDone / _seconds;

    /// <summary>Whether there are rows to measure on.</summary>
    public bool HasValidation => _validation is not null;

    /// <summary>Per task the mean loss over the training rows of the epoch so far; NaN where none had a label.</summary>
    public IReadOnlyDictionary<string, double> TrainingLosses => TaskFigures.GetMeans(Learners.Select(learner => _tasks.ByName(learner.Sums.GetMeans())))!;

    /// <summary>Per task the mean weight that balancing gave it in the epoch so far, in the mean over learners.</summary>
    public IReadOnlyDictionary<string, double> TaskWeights => TaskFigures.GetMeans(Learners.Select(learner => learner.TaskWeights))!;

    /// <summary>How the tasks' gradients compared in the epoch so far; null where they were not compared, or there are several learners.</summary>
    public TaskGradients? Gradients => Learners is [var only] ? only.Gradients : null;

    /// <summary>What steps for one task would do to the others, in the epoch so far; null where nothing was sampled, or there are several learners.</summary>
    public TaskLookAhead? Affinity => Learners is [var only] ? only.Affinity : null;

    /// <summary>Is told after each step: the step in its epoch from 0, its loss, and the learning rate, in the mean over learners.</summary>
    public Action<int, double, double>? AfterStep { get; set; }

    /// <summary>Passes once over the training rows, then measures on the validation rows.</summary>
    /// <exception cref="OperationCanceledException">The options' token was cancelled; the epoch does not count, though some of its steps are done.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    public TrainingEpoch RunEpoch()
    {
        var shuffle = new CounterRandom(_seed, (uint)RandomStream.Shuffle, (uint)Epoch);
        foreach (Learner learner in Learners)
        {
            learner.BeginEpoch(Epoch, StepsPerEpoch);
        }

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

                (double loss, double rate) = Step(batch);
                _rowsDone += batch.RowCount;
                _seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                AfterStep?.Invoke(step, loss, rate);
            }
        }

        EpochFigures[] training = [.. Learners.Select(learner => learner.EndTraining())];
        EpochFigures[]? validation = _validation is null ? null : Measure(_validation);
        IReadOnlyDictionary<string, double>? agreement = _peers?.TakeAgreement();
        Epoch++;
        TimeSpan duration = Stopwatch.GetElapsedTime(started);
        TrainingEpoch[] epochs = [.. Learners.Select((learner, i) => learner.Describe(training[i], validation?[i], duration))];
        return epochs.Length == 1 ? epochs[0] : TrainingEpoch.OfMembers(epochs, agreement);
    }

    /// <summary>Sets a task's own parameters to those of an earlier <see cref="ExportParameters"/> and keeps them there; the task no longer moves the shared ones.</summary>
    public void Freeze(int task, float[] parameters)
    {
        foreach ((Learner learner, float[] own) in Learners.Zip(Divide(parameters)))
        {
            learner.Freeze(task, own);
        }

        _frozen[task] = true;
    }

    /// <summary>The parameters of all learners, one after the other.</summary>
    public float[] ExportParameters() => [.. Learners.SelectMany(learner => learner.Engine.ExportParameters())];

    /// <summary>Restores what <see cref="ExportParameters"/> gave.</summary>
    public void ImportParameters(float[] parameters)
    {
        foreach ((Learner learner, float[] own) in Learners.Zip(Divide(parameters)))
        {
            learner.Engine.ImportParameters(own);
        }
    }

    /// <summary>All that the next epoch depends on, beside the rows, the options and the rates' factor.</summary>
    public SessionState Export() => new(Epoch, [.. Learners.Select(learner => learner.Export())], [.. _frozen]);

    /// <summary>Goes on from where <see cref="Export"/> was called.</summary>
    /// <exception cref="FormatException">The state is not one of this training.</exception>
    public void Import(SessionState state)
    {
        if (state.Learners.Count != Learners.Count)
        {
            throw new FormatException(FormattableString.Invariant($"The training state is of {state.Learners.Count} networks, and this training has {Learners.Count}."));
        }

        for (int i = 0; i < Learners.Count; i++)
        {
            Learners[i].Import(state.Learners[i], state.Frozen);
        }

        state.Frozen.CopyTo(_frozen, 0);
        Epoch = state.Epoch;
    }

    public void Dispose()
    {
        foreach (Learner learner in Learners)
        {
            learner.Dispose();
        }

        _training.Dispose();
        _validation?.Dispose();
    }

    private (double Loss, double Rate) Step(Batch batch)
    {
        _peers?.Begin(batch);
        if (_validation is null)
        {
            // Agreement is told of the validation rows, where there are any.
            _peers?.Observe(batch);
        }

        double loss = 0;
        double rate = 0;
        for (int i = 0; i < Learners.Count; i++)
        {
            _peers?.Teach(i, batch);
            (StepLosses losses, double own) = Learners[i].Step(batch, RateFactor);
            loss += losses.Losses.Sum();
            rate += own;
        }

        return (loss / Learners.Count, rate / Learners.Count);
    }

    private EpochFigures[] Measure(IBatchSource source)
    {
        EpochSums[] sums = [.. Learners.Select(_ => new EpochSums(_tasks.Count))];
        using IBatchReader reader = source.Open(Learners.Min(learner => learner.Engine.RowsMeasuredAtOnce), null);
        while (true)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            using IDisposable scope = torch.NewDisposeScope();
            if (reader.Read() is not { } batch)
            {
                return [.. Learners.Zip(sums, (learner, own) => learner.EndValidation(own))];
            }

            foreach ((Learner learner, EpochSums own) in Learners.Zip(sums))
            {
                learner.Measure(batch, own);
            }

            _peers?.Observe(batch);
        }
    }

    /// <summary>Each learner's part of <see cref="ExportParameters"/>.</summary>
    private IEnumerable<float[]> Divide(float[] parameters)
    {
        int start = 0;
        foreach (Learner learner in Learners)
        {
            int length = learner.Engine.ParameterCount;
            yield return parameters[start..(start + length)];
            start += length;
        }
    }
}
