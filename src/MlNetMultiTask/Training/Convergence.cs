namespace MlNetMultiTask;

/// <summary>When networks that learn from one another have converged: nothing moves any more, neither how far they agree nor how good they are.</summary>
/// <remarks>
/// They have converged when, for every task, the agreement (<see cref="TrainingEpoch.Agreement"/>) and the loss on the validation data, in the mean over the networks, have each changed by less than
/// <see cref="MinimumDelta"/> from epoch to epoch, for <see cref="Patience"/> epochs in a row. Without validation data, the loss on the training rows counts.
/// Where the learning rate falls, as it does by default, so do the changes: near its end a training may count as converged that would go on at a constant rate.
/// </remarks>
public sealed class Convergence
{
    /// <summary>For how many epochs in a row nothing moves; 1 or more.</summary>
    /// <value>The default is 3.</value>
    public int Patience { get; init; } = 3;

    /// <summary>A change of this size or more is one; above 0. Agreement is a share; losses are those of the tasks, before loss weights.</summary>
    /// <value>The default is 0.001.</value>
    public double MinimumDelta { get; init; } = 1e-3;

    /// <summary>Returns the settings in short.</summary>
    /// <returns>For example <c>patience 3, minimum delta 0.001</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"patience {Patience}, minimum delta {MinimumDelta}");

    /// <summary>Whether the networks have converged after these epochs.</summary>
    internal bool IsReached(IReadOnlyList<TrainingEpoch> epochs)
    {
        if (epochs.Count <= Patience)
        {
            return false;
        }

        for (int i = epochs.Count - Patience; i < epochs.Count; i++)
        {
            if (!Stands(Figures(epochs[i - 1]), Figures(epochs[i])))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<double> Figures(TrainingEpoch epoch) =>
        (epoch.ValidationLosses ?? epoch.TrainingLosses).Values.Concat(epoch.Agreement?.Values ?? []);

    /// <summary>What can't be computed, for want of labels, tells nothing.</summary>
    private bool Stands(IEnumerable<double> before, IEnumerable<double> after) =>
        before.Zip(after).All(pair => double.IsNaN(pair.First) || double.IsNaN(pair.Second) || Math.Abs(pair.Second - pair.First) < MinimumDelta);
}
