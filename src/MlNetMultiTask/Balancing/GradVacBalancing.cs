namespace MlNetMultiTask.Balancing;

/// <summary>
/// Gradient vaccine: like PCGrad, but two gradients are brought to the cosine that they usually have, where theirs is less: a running mean per ordered pair, from 0 (Wang et al. 2021,
/// "Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual Models"). Cosines are of the whole shared vector. The means of a task's pairs stay in steps in which it takes no part.
/// </summary>
internal sealed class GradVacBalancing(double decay) : TaskBalancing
{
    private readonly double _decay = Require(decay, decay is > 0 and <= 1, nameof(decay), "above 0, and 1 at most");

    public override string Name => "GradVac";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new Weighting(tasks.Count, _decay);

    public override string ToString() => Describe("decay", _decay);

    private sealed class Weighting(int count, double decay) : TaskWeighting
    {
        /// <summary>The largest cosine that is asked for: where gradients are usually parallel, those that are not would come to be infinitely long, the more so the more tasks there are.</summary>
        private const double Largest = 0.9995;

        private readonly double[] _usual = new double[count * count];

        public override double[] GetWeights(BalancingStep inputs)
        {
            var gramian = new ScaledGramian(inputs.Gramian!);
            double[] weights = new double[gramian.Count];
            for (int i = 0; i < weights.Length; i++)
            {
                double[] parts = new double[weights.Length];
                parts[i] = gramian.Norms[i];
                foreach (int j in RandomOrder.OfOthers(i, weights.Length, inputs.NextRandom))
                {
                    double length = gramian.GetLength(parts);
                    if (length > 0 && gramian.Norms[j] > 0)
                    {
                        Bring(ref _usual[(inputs.Tasks[i] * count) + inputs.Tasks[j]], Math.Clamp(gramian.Multiply(parts, j) / length, -1, 1), length, ref parts[j]);
                    }
                }

                gramian.AddWeights(parts, i, weights);
            }

            return weights;
        }

        public override double[] ExportState() => [.. _usual];

        public override void ImportState(double[] state)
        {
            RequireLength(state, _usual.Length);
            state.CopyTo(_usual, 0);
        }

        private void Bring(ref double usual, double cosine, double length, ref double part)
        {
            double wanted = Math.Min(usual, Largest);
            if (cosine < wanted)
            {
                double sine = Math.Sqrt(Math.Max(1 - (wanted * wanted), double.Epsilon));
                part += length * ((wanted * Math.Sqrt(1 - (cosine * cosine))) - (cosine * sine)) / sine;
            }

            usual += decay * (cosine - usual);
        }
    }
}
