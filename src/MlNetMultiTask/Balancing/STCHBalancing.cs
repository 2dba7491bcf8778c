using System.Globalization;

namespace MlNetMultiTask.Balancing;

/// <summary>
/// Smooth Tchebycheff scalarization: μ log Σ exp((Lᵢ − zᵢ) / μ), a smooth form of the largest loss above its ideal zᵢ (Lin et al. 2024, "Smooth Tchebycheff Scalarization for Multi-Objective
/// Optimization"). The preferences of the paper are the tasks' loss weights here.
/// </summary>
internal sealed class STCHBalancing : TaskBalancing
{
    private readonly double _smoothing;
    private readonly NamedNumbers _ideals;

    public STCHBalancing(double smoothing, IReadOnlyList<(string Task, float Loss)> idealLosses)
    {
        _smoothing = Require(smoothing, smoothing > 0, nameof(smoothing), "above 0");
        _ideals = new NamedNumbers(idealLosses, nameof(idealLosses), "ideal losses", double.NegativeInfinity);
    }

    public override string Name => "STCH";

    public override BalancingNeeds Needs => BalancingNeeds.Losses;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new Weighting(_smoothing, _ideals.For(tasks, 0, $"TaskBalancing.{Name}"));

    internal override TaskBalancing For(IReadOnlyList<string> tasks) => new STCHBalancing(_smoothing, _ideals.Among(tasks));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}(smoothing {_smoothing}{_ideals})");

    private sealed class Weighting(double smoothing, double[] ideals) : TaskWeighting
    {
        /// <summary>The derivatives by the losses.</summary>
        public override double[] GetWeights(BalancingStep inputs) => Softmax.Of(inputs.Losses.Zip(inputs.Tasks, (loss, task) => loss - ideals[task]), smoothing);
    }
}
