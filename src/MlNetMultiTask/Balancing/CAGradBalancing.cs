namespace MlNetMultiTask.Balancing;

/// <summary>
/// Conflict-averse gradient descent: of the directions within c ‖g₀‖ of the mean gradient g₀, the one along which the worst task gains most. With the w on the simplex for which g_w·g₀ + c ‖g₀‖ ‖g_w‖ is
/// least, it is g₀ + c ‖g₀‖ g_w / ‖g_w‖ (Liu et al. 2021, "Conflict-Averse Gradient Descent for Multi-task Learning"); not divided by 1 + c², as some programs do.
/// </summary>
/// <remarks>
/// ‖g_w‖ is the least of (‖g_w‖² / t + t) / 2 over t. For given t the w is that of the shortest g_w + τ g₀, τ = t / (c ‖g₀‖): the least norm in a convex hull that is moved. What is left is
/// one equation for τ, ‖g_w‖ = τ c ‖g₀‖, whose sides meet once.
/// </remarks>
internal sealed class CAGradBalancing(double c) : StatelessBalancing
{
    /// <summary>
    /// Gradients that cancel to less than this share of their lengths are not known well enough to go c ‖g₀‖ along what is left; the way from g₀ is shorter then.
    /// </summary>
    private const double SmallestShare = 1e-5;

    private readonly double _c = Require(c, c >= 0, nameof(c), "0 or more");

    public override string Name => "CAGrad";

    public override BalancingNeeds Needs => BalancingNeeds.Gramian;

    public override string ToString() => Describe("c", _c);

    public override double[] GetWeights(BalancingStep inputs)
    {
        double[,] gramian = inputs.Gramian!;
        int count = gramian.GetLength(0);
        var scaled = new ScaledGramian(gramian);
        double longest = scaled.Norms.Max();
        double[] parts = Array.ConvertAll(scaled.Norms, norm => longest > 0 ? norm / longest / count : 0);
        double radius = _c * scaled.GetLength(parts);
        double[] weights = [.. Enumerable.Repeat(1.0 / count, count)];
        if (radius == 0)
        {
            return weights;
        }

        // Lengths are in units of the longest gradient.
        var hull = new MovedHull(scaled, longest, parts);
        double smallest = SmallestShare * scaled.NonZero.Min(i => scaled.Norms[i]) / longest;
        (double tau, double[] own) = FindTau(hull, radius, smallest / Math.Max(radius, 1));
        double size = own.Zip(scaled.Norms, (weight, norm) => weight * (norm / longest)).Sum();
        double divisor = Math.Max(tau, SmallestShare * size / radius);
        for (int i = 0; i < count; i++)
        {
            weights[i] += own[i] / divisor;
        }

        return weights;
    }

    /// <summary>Solves log ‖g_w‖ = log (τ radius) for log τ, by the Illinois variant of false position: both sides are nearly straight.</summary>
    private static (double Tau, double[] Weights) FindTau(MovedHull hull, double radius, double smallest)
    {
        (double Gap, double[] Weights) Evaluate(double logTau)
        {
            (double length, double[] own) = hull.FindShortest(Math.Exp(logTau));
            return (Math.Log(Math.Max(length, 1e-30)) - logTau - Math.Log(radius), own);
        }

        double low = Math.Log(smallest);
        (double lowGap, double[] weights) = Evaluate(low);
        double high = Math.Max(Math.Log(1 / radius), low) + 1e-9;
        if (lowGap <= 0)
        {
            return (smallest, weights);
        }

        (double highGap, weights) = Evaluate(high);
        double middle = high;
        for (int round = 0; round < 100 && highGap < 0 && high - low > 1e-15 * Math.Max(1, Math.Abs(high)); round++)
        {
            middle = high - (highGap * (high - low) / (highGap - lowGap));
            (double gap, weights) = Evaluate(middle);
            if (Math.Abs(gap) < 1e-14)
            {
                break;
            }

            if (gap < 0)
            {
                (high, highGap) = (middle, gap);
                lowGap /= 2;
            }
            else
            {
                (low, lowGap) = (middle, gap);
                highGap /= 2;
            }
        }

        return (Math.Exp(middle), weights);
    }
}
