namespace MlNetMultiTask.Balancing;

/// <summary>The sum of the losses with weights that the user chose.</summary>
internal sealed class FixedBalancing : TaskBalancing
{
    private readonly NamedNumbers _weights;

    public FixedBalancing(IReadOnlyList<(string Task, float Weight)> weights) => _weights = new NamedNumbers(weights, nameof(weights), "weights", minimum: 0);

    private FixedBalancing(NamedNumbers weights) => _weights = weights;

    public override string Name => "Fixed";

    public override BalancingNeeds Needs => BalancingNeeds.None;

    public override TaskWeighting Start(IReadOnlyList<string> tasks)
    {
        double[] all = _weights.For(tasks, 1, "TaskBalancing.Fixed");
        return all.Any(weight => weight > 0)
            ? new ConstantWeighting(all)
            : throw new ArgumentException("TaskBalancing.Fixed gives every task the weight 0, so that nothing would be learned.");
    }

    internal override TaskBalancing Of(IReadOnlyList<string> tasks) => new FixedBalancing(_weights.Of(tasks));

    /// <summary>Returns the method and its weights.</summary>
    public override string ToString() => $"{Name}({_weights.ToString().TrimStart(',', ' ')})";
}
