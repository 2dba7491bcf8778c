using Microsoft.ML;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <content>The same options for a training that differs from the one they were made for.</content>
public abstract partial class MultiTaskTrainerOptions
{
    private Checkpointing? _checkpointing;
    private IProgress<TrainingProgress>? _progress;
    private CancellationToken _cancellationToken;
    private TaskBalancing _balancing = TaskBalancing.Sum();
    private EarlyStopping? _earlyStopping;
    private ITransformer? _initialModel;

    /// <summary>The same options, run as part of something larger.</summary>
    internal MultiTaskTrainerOptions With(TrainingRun run)
    {
        var copy = (MultiTaskTrainerOptions)MemberwiseClone();
        copy._progress = run.Progress;
        copy._checkpointing = run.Checkpointing;
        copy._cancellationToken = run.CancellationToken;
        return copy;
    }

    /// <summary>The same options for other tasks, without what only the original ones can have: a lone task has nothing to be balanced against, a task that is not there can't be watched, and a model of other tasks is none to go on from.</summary>
    internal MultiTaskTrainerOptions For(IReadOnlyList<PredictionTask> tasks)
    {
        string[] names = [.. tasks.Select(task => task.Name)];
        var copy = (MultiTaskTrainerOptions)MemberwiseClone();
        copy._balancing = names.Length == 1 ? TaskBalancing.Sum() : Balancing.Of(names);
        copy._initialModel = names.SequenceEqual(Tasks.Select(task => task.Name)) ? InitialModel : null;
        copy._earlyStopping = EarlyStopping?.Monitor.TaskName is { } watched && !names.Contains(watched) ? EarlyStopping.WatchingAll() : EarlyStopping;
        return copy;
    }
}
