namespace MlNetMultiTask.Balancing;

/// <summary>The sum of the losses with weights that the user chose.</summary>
internal sealed class FixedBalancing(IReadOnlyList<(string Task, float Weight)> weights) : TaskBalancing
{
    private readonly NamedNumbers _weights = new(weights, nameof(weights), "weights", minimum: 0);

    public override string Name => "Fixed";

    public override BalancingNeeds Needs => BalancingNeeds.None;

    public override TaskWeighting Start(IReadOnlyList<string> tasks)
    {
        double[] all = _weights.For(tasks, 1, "TaskBalancing.Fixed");
        return all.Any(weight => weight > 0)
            ? new ConstantWeighting(all)
            : throw new ArgumentException("TaskBalancing.Fixed gives every task the weight 0, so that nothing would be learned.");
    }

    internal override TaskBalancing For(IReadOnlyList<string> tasks) => new FixedBalancing(_weights.Among(tasks));

    /// <summary>Returns the method and its weights.</summary>
    public override string ToString() => $"{Name}({_weights.ToString().TrimStart(',', ' ')})";
}
