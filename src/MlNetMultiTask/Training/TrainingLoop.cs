using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace MlNetMultiTask.Training;

/// <summary>
/// Runs the epochs of a session: decides after each whether it was the best, whether the rate falls, tasks freeze, or training ends;
/// tells the host and the user, and writes checkpoints.
/// </summary>
internal sealed class TrainingLoop
{
    private readonly MultiTaskTrainerOptions _options;
    private readonly TrainingSession _session;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IChannel _channel;
    private readonly CheckpointStore? _checkpoints;
    private readonly EarlyStoppingMonitor _monitor;
    private readonly LoopState _state;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _lastReport;

    /// <param name="options">The trainer's options.</param>
    /// <param name="session">The session; not owned.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="channel">Where the host listens.</param>
    /// <param name="checkpoints">Where checkpoints are kept; null for nowhere.</param>
    public TrainingLoop(MultiTaskTrainerOptions options, TrainingSession session, IReadOnlyList<PredictionTask> tasks, IChannel channel, CheckpointStore? checkpoints)
    {
        _options = options;
        _session = session;
        _tasks = tasks;
        _channel = channel;
        _checkpoints = checkpoints;
        _monitor = options.EarlyStopping?.Monitor ?? EarlyStoppingMonitor.RelativeLoss();
        _state = new LoopState(options.EarlyStopping?.MinimumDelta ?? 0, tasks.Count);
        session.AfterStep = ReportStep;
    }

    /// <summary>When networks that learn from one another have converged; null where nobody asks.</summary>
    public Convergence? Convergence { get; init; }

    private EarlyStopping? Stopping => _options.EarlyStopping;

    /// <summary>Whether the best epoch's weights are kept: to be given back at the end, or on cancellation.</summary>
    private bool KeepsBest => _options.OnCancellation == OnCancellation.ReturnBest || RestoresBest;

    private bool RestoresBest => Stopping is { RestoreBestWeights: true } && _session.HasValidation;

    private TimeSpan Elapsed => _state.Before + _watch.Elapsed;

    /// <summary>Trains until training ends; afterwards the network has the weights that the model is to have.</summary>
    /// <returns>How it went.</returns>
    /// <exception cref="OperationCanceledException">The options' token was cancelled, and no epoch's model is wanted or there.</exception>
    public TrainingHistory Run()
    {
        Resume();
        TrainingEnd? end = FindEnd();
        while (end is null)
        {
            TrainingEpoch epoch;
            try
            {
                epoch = _session.RunEpoch();
            }
            catch (OperationCanceledException) when (_options.OnCancellation == OnCancellation.ReturnBest && _state.BestParameters is not null)
            {
                _channel.Warning(MessageSensitivity.None, FormattableString.Invariant($"Training was cancelled in epoch {_session.Epoch + 1}; the model is that of epoch {_state.Progress.BestEpoch}."));
                end = TrainingEnd.Cancellation;
                break;
            }

            Judge(epoch);
            Report(epoch);
            end = FindEnd();
            if (end is null && _checkpoints is not null && _checkpoints.IsDue(_session.Epoch, Elapsed))
            {
                _checkpoints.Write(_session.Export(), _state, Elapsed);
            }
        }

        if (end != TrainingEnd.Cancellation)
        {
            _checkpoints?.End(_session.Export, _state, Elapsed);
        }

        bool restores = (RestoresBest || end == TrainingEnd.Cancellation) && _state.BestParameters is not null;
        if (restores)
        {
            _session.ImportParameters(_state.BestParameters!);
        }

        return new TrainingHistory([.. _tasks.Select(task => (task.Name, task.MetricName))], [.. _state.Epochs], restores ? _state.Progress.BestEpoch : _state.Epochs.Count, end.Value);
    }

    private void Resume()
    {
        if (_checkpoints?.Read(_state, [.. _tasks.Select(task => task.Name)]) is not { } session)
        {
            return;
        }

        _session.Import(session);
        _session.RateFactor = _state.RateFactor;
        _channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Training goes on after epoch {_session.Epoch}, from a checkpoint."));
    }

    private TrainingEnd? FindEnd()
    {
        bool stands = Stopping is { FreezeTasks: true }
            ? _state.TaskProgress.Any(task => task.BestEpoch > 0) && _session.Frozen.Zip(_state.TaskProgress).All(task => task.First || task.Second.BestEpoch == 0)
            : Stopping?.Patience is { } patience && _state.Progress.EpochsWithout >= patience;
        return stands ? TrainingEnd.NoImprovement
            : Convergence?.IsReached(_state.Epochs) == true ? TrainingEnd.Convergence
            : _session.Epoch >= _options.MaximumNumberOfEpochs ? TrainingEnd.MaximumNumberOfEpochs
            : Stopping?.MaximumDuration is { } maximum && _session.Epoch > 0 && Elapsed >= maximum ? TrainingEnd.MaximumDuration
            : null;
    }

    private void Judge(TrainingEpoch epoch)
    {
        _state.Epochs.Add(epoch);
        double figure = _monitor.Evaluate(EpochFigures.Of(_state.Epochs[0]), EpochFigures.Of(epoch));
        RequireFigure(figure);
        if (_state.Progress.Add(epoch.Number, figure) && KeepsBest)
        {
            _state.BestParameters = _session.ExportParameters();
        }

        if (_options.LearningRate.Plateau is { } plateau)
        {
            _state.Plateau.Add(epoch.Number, figure);
            if (_state.Plateau.EpochsWithout >= plateau.Patience)
            {
                _state.Plateau.ResetCount();
                _state.RateFactor = Math.Max(_state.RateFactor * plateau.Factor, Math.Min(_state.RateFactor, plateau.MinimumFactor));
                _session.RateFactor = _state.RateFactor;
            }
        }

        if (Stopping is { FreezeTasks: true, Patience: { } patience })
        {
            FreezeTasks(epoch, patience);
        }
    }

    /// <summary>A figure that can't be computed of these labels never will be: then nothing would count as improvement.</summary>
    private void RequireFigure(double figure)
    {
        if (double.IsNaN(figure) && Stopping is { Patience: not null })
        {
            throw new InvalidOperationException(
                $"EarlyStopping watches {_monitor}, which can't be computed of the validation data: no row has a label for it, or all have the same. Give validation data that have, or watch another figure.");
        }
    }

    private void FreezeTasks(TrainingEpoch epoch, int patience)
    {
        for (int i = 0; i < _tasks.Count; i++)
        {
            // A task without validation labels can't be judged, and goes on.
            if (_session.Frozen[i] || double.IsNaN(epoch.ValidationLosses![_tasks[i].Name]))
            {
                continue;
            }

            ImprovementTracker tracker = _state.TaskProgress[i];
            if (tracker.Add(epoch.Number, epoch.ValidationLosses![_tasks[i].Name]))
            {
                _state.BestTaskParameters[i] = _session.ExportParameters();
            }
            else if (tracker.EpochsWithout >= patience)
            {
                _session.Freeze(i, _state.BestTaskParameters[i] ?? _session.ExportParameters());
                _state.BestTaskParameters[i] = null;
                _channel.Info(MessageSensitivity.Schema, FormattableString.Invariant($"Task '{_tasks[i].Name}' has stopped improving; its head stays as it was after epoch {tracker.BestEpoch}."));
            }
        }
    }

    private void ReportStep(int step, double loss, double rate)
    {
        _channel.Trace(MessageSensitivity.None, FormattableString.Invariant($"Epoch {_session.Epoch + 1}, batch {step + 1} of {_session.StepsPerEpoch}: loss {loss:0.0000}, learning rate {rate:0.######}"));
        if (_options.Progress is not null && _options.ProgressInterval is { } interval && Elapsed - _lastReport >= interval && step + 1 < _session.StepsPerEpoch)
        {
            _lastReport = Elapsed;
            _options.Progress.Report(Describe(_session.Epoch + 1, step + 1, _session.TrainingLosses, null, rate));
        }
    }

    private void Report(TrainingEpoch epoch)
    {
        string Figures(IReadOnlyDictionary<string, double> losses, IReadOnlyDictionary<string, double> metrics) =>
            string.Join(", ", _tasks.Select(task => FormattableString.Invariant($"{task.Name} {losses[task.Name]:0.0000} ({task.MetricName} {metrics[task.Name]:0.000})")));

        _channel.Info(MessageSensitivity.Schema, FormattableString.Invariant($"Epoch {epoch.Number} of {_options.MaximumNumberOfEpochs}: training loss {Figures(epoch.TrainingLosses, epoch.TrainingMetrics)}")
            + (epoch.ValidationLosses is { } losses ? $"; validation loss {Figures(losses, epoch.ValidationMetrics!)}" : "")
            + (epoch.TaskWeights.Values.Any(weight => weight is not (1 or double.NaN)) ? "; weights " + string.Join(", ", _tasks.Select(task => FormattableString.Invariant($"{task.Name} {epoch.TaskWeights[task.Name]:G3}"))) : ""));
        _lastReport = Elapsed;
        _options.Progress?.Report(Describe(epoch.Number, _session.StepsPerEpoch, epoch.TrainingLosses, epoch, epoch.LearningRate));
    }

    private TrainingProgress Describe(int epoch, int batch, IReadOnlyDictionary<string, double> losses, TrainingEpoch? ended, double rate)
    {
        double done = epoch - 1 + ((double)batch / _session.StepsPerEpoch);
        return new TrainingProgress
        {
            Epoch = epoch,
            MaximumNumberOfEpochs = _options.MaximumNumberOfEpochs,
            Batch = batch,
            NumberOfBatches = _session.StepsPerEpoch,
            IsEndOfEpoch = ended is not null,
            TrainingLosses = losses,
            TrainingMetrics = ended?.TrainingMetrics,
            ValidationLosses = ended?.ValidationLosses,
            ValidationMetrics = ended?.ValidationMetrics,
            TaskWeights = ended?.TaskWeights ?? _session.TaskWeights,
            Gradients = ended is null ? _session.Gradients : ended.Gradients,
            Affinity = ended is null ? _session.Affinity : ended.Affinity,
            LearningRate = rate,
            RowsPerSecond = _session.RowsPerSecond,
            Elapsed = Elapsed,
            Remaining = Elapsed * ((_options.MaximumNumberOfEpochs - done) / done),
        };
    }
}
