namespace MlNetMultiTask;

/// <summary>When training ends before its last epoch, and which epoch's weights the model gets.</summary>
/// <remarks>Set it as <see cref="MultiTaskTrainerOptions.EarlyStopping"/>. It watches the validation data; see <see cref="MultiTaskTrainerOptions.ValidationFraction"/>.</remarks>
public sealed class EarlyStopping
{
    /// <summary>The figure that is watched, on the validation data.</summary>
    /// <value>The default is <see cref="EarlyStoppingMonitor.RelativeLoss"/>.</value>
    public EarlyStoppingMonitor Monitor { get; init; } = EarlyStoppingMonitor.RelativeLoss();

    /// <summary>
    /// After how many epochs in a row without improvement training ends; 1 or more. Null: never for this reason, and no validation data are
    /// needed, where <see cref="MaximumDuration"/> is given.
    /// </summary>
    /// <value>The default is 10.</value>
    public int? Patience { get; init; } = 10;

    /// <summary>By how much the figure must be better than its best to count as an improvement, in the figure's own unit; 0 or more.</summary>
    /// <value>The default is 0: any improvement counts.</value>
    public double MinimumDelta { get; init; }

    /// <summary>Whether the model gets the weights of its best epoch, also where training ran to its last epoch; else those of the last.</summary>
    /// <value>The default is true.</value>
    public bool RestoreBestWeights { get; init; } = true;

    /// <summary>How long training may take; it ends after the epoch in which this time has passed. Time before a resumed checkpoint counts.</summary>
    /// <value>The default is null: as long as it takes.</value>
    public TimeSpan? MaximumDuration { get; init; }

    /// <summary>
    /// Whether a task stops alone: when its own validation loss has not improved for <see cref="Patience"/> epochs, its head is set back
    /// to its best epoch and stays, and the task no longer moves the shared layers, while other tasks go on. Training ends when all have stopped. A task without
    /// validation labels can't be judged, and goes on until then.
    /// </summary>
    /// <value>The default is false.</value>
    /// <remarks>
    /// The shared layers go on moving under a frozen head, so the task may become a little worse than at its best; with
    /// <see cref="RestoreBestWeights"/>, the model gets the epoch that is best by <see cref="Monitor"/>.
    /// </remarks>
    public bool FreezeTasks { get; init; }

    /// <summary>The same, but for what is watched: the losses of all tasks.</summary>
    internal EarlyStopping WatchingAll() => new()
    {
        Patience = Patience,
        MinimumDelta = MinimumDelta,
        RestoreBestWeights = RestoreBestWeights,
        MaximumDuration = MaximumDuration,
        FreezeTasks = FreezeTasks,
    };

    /// <summary>Returns the settings in short.</summary>
    /// <returns>For example <c>RelativeLoss, patience 10</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"{Monitor}, patience {(object?)Patience ?? "none"}, minimum delta {MinimumDelta}, {(RestoreBestWeights ? "best" : "last")} weights, maximum duration {(object?)MaximumDuration ?? "none"}{(FreezeTasks ? ", tasks freeze" : "")}");
}
