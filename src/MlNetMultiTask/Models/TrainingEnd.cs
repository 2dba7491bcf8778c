namespace MlNetMultiTask;

/// <summary>Why training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs have been run.</summary>
    MaximumNumberOfEpochs,

    /// <summary>Nothing improved any more (<see cref="EarlyStopping.Patience"/>).</summary>
    NoImprovement,

    /// <summary>The time was over (<see cref="EarlyStopping.MaximumDuration"/>).</summary>
    MaximumDuration,

    /// <summary>It was cancelled, and the best model so far was wanted (<see cref="OnCancellation.ReturnBest"/>).</summary>
    Cancellation,

    /// <summary>Networks that learn from one another have converged (<see cref="MlNetMultiTask.Convergence"/>).</summary>
    Convergence,
}
