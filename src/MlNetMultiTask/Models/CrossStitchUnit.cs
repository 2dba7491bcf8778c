using System.Globalization;
using System.Text;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask;

/// <summary>A cross-stitch unit that has been learned (Misra, Shrivastava, Gupta, Hebert 2016): how much each task's network goes on with of what each has computed in a layer.</summary>
public sealed class CrossStitchUnit
{
    private readonly double[,] _weights;

    private CrossStitchUnit(string name, IReadOnlyList<string> taskNames, double[,] weights)
    {
        Name = name;
        TaskNames = taskNames;
        _weights = weights;
    }

    /// <summary>Where it is in the network: <c>unit0</c> stands behind the first layer.</summary>
    public string Name { get; }

    /// <summary>The names of the tasks, in the order of <see cref="Weights"/>.</summary>
    public IReadOnlyList<string> TaskNames { get; }

    /// <summary>α [T, T]: a row for each task that takes, a column for each that gives; x̃ᵢ = Σⱼ αᵢⱼ xⱼ. A copy.</summary>
    public double[,] Weights => (double[,])_weights.Clone();

    /// <summary>What one task takes of another's activations.</summary>
    /// <param name="taker">The name of the task that takes.</param>
    /// <param name="giver">The name of the task that gives.</param>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public double this[string taker, string giver] => _weights[Find(taker, nameof(taker)), Find(giver, nameof(giver))];

    /// <summary>Returns the matrix, a line for each task that takes.</summary>
    /// <returns>For example <c>unit0; Species: 0.88 0.12; Mass: 0.07 0.93</c>.</returns>
    public override string ToString()
    {
        var text = new StringBuilder(Name);
        foreach ((int taker, string task) in TaskNames.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"; {task}: ");
            text.AppendJoin(' ', TaskNames.Select((_, giver) => _weights[taker, giver].ToString("0.00", CultureInfo.InvariantCulture)));
        }

        return text.ToString();
    }

    internal static CrossStitchUnit Of(TaskMixture mixture, IReadOnlyList<PredictionTask> tasks) => new(mixture.Name, [.. tasks.Select(task => task.Name)], mixture.Weights);

    private int Find(string task, string parameter) =>
        TaskNames.Index().Where(item => item.Item == task).Select(item => item.Index).DefaultIfEmpty(-1).First() is >= 0 and var index
            ? index
            : throw new ArgumentException($"The model has no task '{task}'; its tasks are '{string.Join("', '", TaskNames)}'.", parameter);
}
