using System.Globalization;

namespace MlNetMultiTask.Balancing;

/// <summary>The sum of the losses with weights that the user chose.</summary>
internal sealed class FixedBalancing : TaskBalancing
{
    private readonly Dictionary<string, double> _weights = new(StringComparer.Ordinal);

    public FixedBalancing(IReadOnlyList<(string Task, float Weight)> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((string task, float weight) in weights)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(task, nameof(weights));
            if (!float.IsFinite(weight) || weight < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(weights), string.Create(CultureInfo.InvariantCulture, $"The weight of task '{task}' is {weight}; it must be 0 or more, and finite."));
            }

            if (!_weights.TryAdd(task, weight))
            {
                throw new ArgumentException($"Task '{task}' has two weights; give it one.", nameof(weights));
            }
        }
    }

    public override string Name => "Fixed";

    /// <summary>Returns the method and its weights.</summary>
    public override string ToString() =>
        $"{Name}({string.Join(", ", _weights.Select(weight => string.Create(CultureInfo.InvariantCulture, $"{weight.Key} {weight.Value}")))})";

    internal override BalancingNeeds Needs => BalancingNeeds.None;

    internal override ITaskWeighting Start(IReadOnlyList<string> tasks)
    {
        if (_weights.Keys.Except(tasks, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"TaskBalancing.Fixed gives a weight to '{unknown}', which is no task of this trainer; its tasks are '{string.Join("', '", tasks)}'.");
        }

        double[] weights = [.. tasks.Select(task => _weights.GetValueOrDefault(task, 1.0))];
        return weights.Any(weight => weight > 0)
            ? new ConstantWeighting(weights)
            : throw new ArgumentException("TaskBalancing.Fixed gives every task the weight 0, so that nothing would be learned.");
    }
}
