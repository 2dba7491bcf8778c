using System.Globalization;

namespace MlNetMultiTask.Balancing;

/// <summary>
/// GradNorm: the weights are learned so that each task's weighted gradient at the last shared layer, Gᵢ, is as long as the mean, times the task's relative inverse training rate by the power α:
/// they descend on Σ |Gᵢ − Ḡ rᵢ^α|, rᵢ = (Lᵢ / Lᵢ(0)) / mean, and add up to T (Chen et al. 2018, "GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks").
/// A task's Lᵢ(0) is its loss in the first batch that has a label for it; in a step without, its weight stays.
/// </summary>
internal sealed class GradNormBalancing(double asymmetry, double learningRate) : TaskBalancing
{
    private readonly double _asymmetry = Require(asymmetry, asymmetry >= 0, nameof(asymmetry), "0 or more");
    private readonly double _learningRate = Require(learningRate, learningRate > 0, nameof(learningRate), "above 0");

    public override string Name => "GradNorm";

    public override BalancingNeeds Needs => BalancingNeeds.Losses | BalancingNeeds.Norms;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new Weighting(tasks.Count, _asymmetry, _learningRate);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}(asymmetry {_asymmetry}, learning rate {_learningRate})");

    private sealed class Weighting : LearnedWeighting
    {
        /// <summary>Steps of fixed size would carry a small weight below 0.</summary>
        private const double Smallest = 1e-3;

        private readonly double _asymmetry;
        private readonly double _learningRate;

        public Weighting(int count, double asymmetry, double learningRate)
            : base(count, start: 1)
        {
            (_asymmetry, _learningRate) = (asymmetry, learningRate);
            Kept = new double[count];
            Array.Fill(Kept, double.NaN);
        }

        /// <summary>The first losses; NaN for a task that has had none.</summary>
        protected override double[] Kept { get; }

        public override double[] GetWeights(BalancingStep inputs)
        {
            int count = inputs.Tasks.Count;
            double[] weights = [.. inputs.Tasks.Select(task => Learned.Values[task])];
            for (int i = 0; i < count; i++)
            {
                ref double first = ref Kept[inputs.Tasks[i]];
                first = double.IsNaN(first) ? SmallestLoss.Floor(inputs.Losses[i]) : first;
            }

            double[] rates = [.. inputs.Tasks.Select((task, i) => inputs.Losses[i] / Kept[task])];
            double[] norms = [.. weights.Zip(inputs.Norms!, (weight, norm) => weight * norm)];
            (double meanRate, double meanNorm) = (SmallestLoss.Floor(rates.Average()), norms.Average());
            for (int i = 0; i < count; i++)
            {
                double target = meanNorm * Math.Pow(rates[i] / meanRate, _asymmetry);
                Learned.Step(inputs.Tasks[i], Math.Sign(norms[i] - target) * inputs.Norms![i], _learningRate);
            }

            KeepSum(inputs.Tasks, weights.Sum());
            return weights;
        }

        /// <summary>The weights of these tasks add up to what they did before, so that those of all tasks stay T.</summary>
        private void KeepSum(IReadOnlyList<int> tasks, double sum)
        {
            double moved = tasks.Sum(task => Learned.Values[task] = Math.Max(Learned.Values[task], Smallest));
            foreach (int task in tasks)
            {
                Learned.Values[task] *= sum / moved;
            }
        }
    }
}
