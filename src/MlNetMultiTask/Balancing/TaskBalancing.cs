using System.Globalization;

namespace MlNetMultiTask;

/// <summary>
/// How the tasks are settled against one another in each step of training. The methods are made by the functions of this class; derive from it, or from <see cref="StatelessBalancing"/>, for one of
/// your own.
/// </summary>
/// <remarks>
/// <para>
/// There are two kinds. Methods on losses weigh whole losses: heads learn with these weights too. Methods on gradients look at how the tasks' gradients of what they share
/// agree, and weigh these alone: each head keeps its task's own gradient. They ask for a network with shared parameters.
/// </para>
/// <para>
/// The sum is the default: with standardised regression labels, as here, and regularisation it is hard to beat (Kurin et al. 2022, "In Defense of the Unitary Scalarization for Deep Multi-Task
/// Learning"; Xin et al. 2022, "Do Current Multi-Task Optimization Methods in Deep Learning Even Help?").
/// </para>
/// <para>
/// A method is given to <see cref="MultiTaskTrainerOptions.Balancing"/>; it holds options only, and may serve several trainers. A task without a label in a batch takes no part in that step.
/// </para>
/// </remarks>
public abstract partial class TaskBalancing
{
    /// <summary>The method's name, for messages and checkpoints.</summary>
    public abstract string Name { get; }

    /// <summary>What the method must be told in each step.</summary>
    public abstract BalancingNeeds Needs { get; }

    /// <summary>Begins a training.</summary>
    /// <param name="tasks">The names of the trainer's tasks, in their order.</param>
    /// <returns>The method at work, with a state of its own. It is also called to check options, before there are data.</returns>
    /// <exception cref="ArgumentException">The method does not suit these tasks.</exception>
    public abstract TaskWeighting Start(IReadOnlyList<string> tasks);

    /// <summary>Returns the method's name and options. Checkpoints are compared by this text: a method with options overrides it.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Name;

    /// <summary>The method for some of the trainer's tasks, without what it is told of the others.</summary>
    internal virtual TaskBalancing For(IReadOnlyList<string> tasks) => this;

    private protected string Describe(string option, double value) => string.Create(CultureInfo.InvariantCulture, $"{Name}({option} {value})");

    /// <summary>Checks a number that a method is given.</summary>
    private protected static double Require(double value, bool valid, string parameter, string rule) =>
        valid && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(parameter, string.Create(CultureInfo.InvariantCulture, $"{parameter} is {value}; it must be {rule}."));
}
