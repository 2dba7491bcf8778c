namespace MlNetMultiTask.Tests.Training;

/// <summary>A method that asks for the Gramian, and then weighs all tasks alike.</summary>
internal sealed class GramianBalancing : TaskBalancing
{
    public override string Name => "GramianForTests";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => Sum().Start(tasks);
}
