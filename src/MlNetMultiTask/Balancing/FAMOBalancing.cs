using System.Globalization;

namespace MlNetMultiTask.Balancing;

/// <summary>
/// FAMO: Σ (zᵢ / c) log(Lᵢ − bᵢ), z = softmax(ξ), c = Σ zᵢ / (Lᵢ − bᵢ) kept constant; ξ follows, by Adam with weight decay, how much each logarithm fell by the update, so that all fall alike (Liu et
/// al. 2023, "FAMO: Fast Adaptive Multitask Optimization"). It takes as much memory and time as the sum, and one more forward pass.
/// </summary>
internal sealed class FAMOBalancing : TaskBalancing
{
    private readonly double _learningRate;
    private readonly double _weightDecay;
    private readonly NamedNumbers _minima;

    public FAMOBalancing(double learningRate, double weightDecay, IReadOnlyList<(string Task, float Loss)> minimumLosses)
    {
        _learningRate = Require(learningRate, learningRate > 0, nameof(learningRate), "above 0");
        _weightDecay = Require(weightDecay, weightDecay >= 0, nameof(weightDecay), "0 or more");
        _minima = new NamedNumbers(minimumLosses, nameof(minimumLosses), "minimum losses", double.NegativeInfinity);
    }

    public override string Name => "FAMO";

    public override BalancingNeeds Needs => BalancingNeeds.Losses | BalancingNeeds.LossesAfterUpdate;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new Weighting(tasks.Count, _learningRate, _weightDecay, _minima.For(tasks, 0, $"TaskBalancing.{Name}"));

    internal override TaskBalancing For(IReadOnlyList<string> tasks) => new FAMOBalancing(_learningRate, _weightDecay, _minima.Among(tasks));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}(learning rate {_learningRate}, weight decay {_weightDecay}{_minima})");

    private sealed class Weighting(int count, double learningRate, double weightDecay, double[] minima) : LearnedWeighting(count, start: 0)
    {
        public override double[] GetWeights(BalancingStep inputs)
        {
            double[] shares = GetShares(inputs);
            double[] slopes = [.. shares.Select((share, i) => share / GetHeight(inputs, inputs.Losses, i))];
            double sum = slopes.Sum();
            return Array.ConvertAll(slopes, slope => slope / sum);
        }

        public override void Observe(BalancingStep inputs, IReadOnlyList<double> lossesAfterUpdate)
        {
            double[] shares = GetShares(inputs);
            double[] falls = [.. shares.Select((_, i) => Math.Log(GetHeight(inputs, inputs.Losses, i)) - Math.Log(GetHeight(inputs, lossesAfterUpdate, i)))];
            double mean = shares.Zip(falls, (share, fall) => share * fall).Sum();
            if (!double.IsFinite(mean))
            {
                // The update broke a loss; whether training goes on is not decided here.
                return;
            }

            for (int i = 0; i < shares.Length; i++)
            {
                int task = inputs.Tasks[i];
                Learned.Step(task, (shares[i] * (falls[i] - mean)) + (weightDecay * Learned.Values[task]), learningRate);
            }
        }

        private double[] GetShares(BalancingStep inputs) => Softmax.Of(inputs.Tasks.Select(task => Learned.Values[task]));

        /// <summary>A task's loss above its minimum.</summary>
        private double GetHeight(BalancingStep inputs, IReadOnlyList<double> losses, int i) => SmallestLoss.Floor(losses[i] - minima[inputs.Tasks[i]]);
    }
}
