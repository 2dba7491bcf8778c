namespace MlNetMultiTask.Balancing;

/// <summary>The plain sum of the losses: every weight is 1.</summary>
internal sealed class SumBalancing : TaskBalancing
{
    public override string Name => "Sum";

    public override BalancingNeeds Needs => BalancingNeeds.None;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) =>
        new ConstantWeighting([.. tasks.Select(_ => 1.0)]);
}
