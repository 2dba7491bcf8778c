namespace MlNetMultiTask;

/// <summary>A balancing method at work in one training: mathematics on losses and Gramians, which knows no network. Derive from it what <see cref="TaskBalancing.Start"/> gives.</summary>
public abstract class TaskWeighting
{
    /// <summary>Decides the weights of a step.</summary>
    /// <param name="inputs">What is known of the step.</param>
    /// <returns>
    /// The weights [K] of the tasks that take part, in the order of <see cref="BalancingStep.Tasks"/>; finite numbers. They multiply the tasks' losses, or, where the method needs the
    /// Gramian, the tasks' shared gradients.
    /// </returns>
    public abstract double[] GetWeights(BalancingStep inputs);

    /// <summary>Is told the losses after the update, where the method needs <see cref="BalancingNeeds.LossesAfterUpdate"/>. Does nothing unless overridden.</summary>
    /// <param name="inputs">The step, as it was told to <see cref="GetWeights"/>.</param>
    /// <param name="lossesAfterUpdate">The losses [K] of the same tasks in the same batch.</param>
    public virtual void Observe(BalancingStep inputs, IReadOnlyList<double> lossesAfterUpdate)
    {
    }

    /// <summary>Gives all that later weights depend on, beside what steps tell, for checkpoints. A method without state need not override it.</summary>
    /// <returns>The state as plain numbers, NaN among them if need be; a copy.</returns>
    public virtual double[] ExportState() => [];

    /// <summary>Goes on from where <see cref="ExportState"/> was called. To be overridden together with it.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="FormatException">The state is not one of this method with these tasks.</exception>
    public virtual void ImportState(double[] state)
    {
        RequireLength(state, 0);
    }

    /// <summary>Checks the length of a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="length">How many numbers it must have.</param>
    /// <exception cref="FormatException">It has another number of them.</exception>
    protected static void RequireLength(double[] state, int length)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Length != length)
        {
            throw new FormatException(FormattableString.Invariant($"The balancing method's state has {state.Length} numbers, and {length} are needed."));
        }
    }
}
