using Microsoft.ML;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <content>The same options for a training that differs from the one they were made for.</content>
public abstract partial class MultiTaskTrainerOptions
{
    private int _maximumNumberOfEpochs = 50;
    private Checkpointing? _checkpointing;
    private IProgress<TrainingProgress>? _progress;
    private CancellationToken _cancellationToken;
    private OnCancellation _onCancellation;
    private TaskBalancing _balancing = TaskBalancing.Sum();
    private EarlyStopping? _earlyStopping;
    private ITransformer? _initialModel;
    private AffinitySampling? _sampling;

    /// <summary>The same options, run as part of something larger.</summary>
    internal MultiTaskTrainerOptions With(TrainingRun run)
    {
        var copy = (MultiTaskTrainerOptions)MemberwiseClone();
        copy._progress = run.Progress;
        copy._checkpointing = run.Checkpointing;
        copy._cancellationToken = run.CancellationToken;
        copy._onCancellation = run.OnCancellation;
        return copy;
    }

    /// <summary>The same options, in a training that is sampled to tell how tasks get on with one another.</summary>
    internal MultiTaskTrainerOptions With(AffinitySampling sampling)
    {
        var copy = (MultiTaskTrainerOptions)MemberwiseClone();
        copy._sampling = sampling;
        return copy;
    }

    /// <summary>
    /// The same options for other tasks, or more epochs, without what only the original tasks can have: a lone task has nothing to be balanced against, a task that is not there can't be watched, and a model of other tasks is none
    /// to go on from.
    /// </summary>
    /// <param name="tasks">The tasks; null for the same.</param>
    /// <param name="epochFactor">How many times the epochs it takes.</param>
    internal MultiTaskTrainerOptions For(IReadOnlyList<PredictionTask>? tasks, double epochFactor)
    {
        var copy = (MultiTaskTrainerOptions)MemberwiseClone();
        copy._maximumNumberOfEpochs = (int)Math.Clamp(Math.Round(MaximumNumberOfEpochs * epochFactor), 1, int.MaxValue);
        if (tasks is not null)
        {
            string[] names = [.. tasks.Select(task => task.Name)];
            copy._balancing = names.Length == 1 ? TaskBalancing.Sum() : Balancing.For(names);
            copy._initialModel = names.SequenceEqual(Tasks.Select(task => task.Name)) ? InitialModel : null;
            copy._earlyStopping = EarlyStopping?.Monitor.TaskName is { } watched && !names.Contains(watched) ? EarlyStopping.WatchingAll() : EarlyStopping;
        }

        return copy;
    }
}
