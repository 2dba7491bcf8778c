using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>How the parameters follow their gradients.</summary>
/// <remarks>
/// Weight decay acts on weight matrices alone: biases and the gains of normalisation layers are spared, as is usual, since to
/// shrink them regularises nothing.
/// </remarks>
public abstract class Optimizer
{
    private protected Optimizer()
    {
    }

    /// <summary>
    /// Adam (Kingma and Ba 2015). Its weight decay is the classic one, added to the gradient: λ θ, which Adam then scales like the rest
    /// of the gradient; for decay that is not scaled, see <see cref="AdamW"/>.
    /// </summary>
    /// <param name="weightDecay">λ; 0 or more.</param>
    /// <param name="beta1">How much of the mean of gradients is kept in each step; from 0 to below 1.</param>
    /// <param name="beta2">How much of the mean of squared gradients is kept; from 0 to below 1.</param>
    /// <param name="epsilon">What is added to the root of the mean square; above 0.</param>
    /// <returns>The optimizer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Optimizer Adam(double weightDecay = 0, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        new AdamMethod(nameof(Adam), NonNegative(weightDecay, nameof(weightDecay)), Share(beta1, nameof(beta1)), Share(beta2, nameof(beta2)), Positive(epsilon, nameof(epsilon)), decoupled: false);

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019): each step also shrinks the weights by learning rate × λ.</summary>
    /// <param name="weightDecay">λ; 0 or more.</param>
    /// <param name="beta1">How much of the mean of gradients is kept in each step; from 0 to below 1.</param>
    /// <param name="beta2">How much of the mean of squared gradients is kept; from 0 to below 1.</param>
    /// <param name="epsilon">What is added to the root of the mean square; above 0.</param>
    /// <returns>The optimizer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Optimizer AdamW(double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) =>
        new AdamMethod(nameof(AdamW), NonNegative(weightDecay, nameof(weightDecay)), Share(beta1, nameof(beta1)), Share(beta2, nameof(beta2)), Positive(epsilon, nameof(epsilon)), decoupled: true);

    /// <summary>Stochastic gradient descent with momentum (Polyak 1964; Sutskever et al. 2013): v ← μ v + g, θ ← θ − rate × v.</summary>
    /// <param name="momentum">μ; from 0 (none) to below 1.</param>
    /// <param name="weightDecay">λ; 0 or more. It is added to the gradient: λ θ.</param>
    /// <param name="nesterov">Whether the step looks ahead: θ ← θ − rate × (g + μ v).</param>
    /// <returns>The optimizer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>Its learning rates are larger than Adam's: begin at 0.01 to 0.1.</remarks>
    public static Optimizer Sgd(double momentum = 0.9, double weightDecay = 0, bool nesterov = false) =>
        new SgdMethod(Share(momentum, nameof(momentum)), NonNegative(weightDecay, nameof(weightDecay)), nesterov);

    /// <summary>Returns the method and its settings.</summary>
    /// <returns>For example <c>AdamW(weightDecay 0.01, beta1 0.9, beta2 0.999, epsilon 1E-08)</c>.</returns>
    public abstract override string ToString();

    /// <summary>Begins with fresh state for a flat buffer of parameters.</summary>
    /// <param name="decayed">1 for parameters that weight decay acts on, 0 for the others [P]; it may change while training goes on.</param>
    internal abstract FlatOptimizer Start(float[] decayed);

    private static double NonNegative(double value, string name) =>
        double.IsFinite(value) && value >= 0 ? value : throw Invalid(value, name, "it must be 0 or more, and finite");

    private static double Positive(double value, string name) =>
        double.IsFinite(value) && value > 0 ? value : throw Invalid(value, name, "it must be above 0, and finite");

    private static double Share(double value, string name) =>
        value is >= 0 and < 1 ? value : throw Invalid(value, name, "it must be from 0 to below 1");

    private static ArgumentOutOfRangeException Invalid(double value, string name, string rule) =>
        new(name, value, FormattableString.Invariant($"The optimizer's {name} is {value}; {rule}."));

    private sealed class AdamMethod(string name, double weightDecay, double beta1, double beta2, double epsilon, bool decoupled) : Optimizer
    {
        public override string ToString() => FormattableString.Invariant($"{name}(weightDecay {weightDecay}, beta1 {beta1}, beta2 {beta2}, epsilon {epsilon})");

        internal override FlatOptimizer Start(float[] decayed) =>
            new AdamOptimizer(decayed, weightDecay, beta1, beta2, epsilon, decoupled);
    }

    private sealed class SgdMethod(double momentum, double weightDecay, bool nesterov) : Optimizer
    {
        public override string ToString() => FormattableString.Invariant($"Sgd(momentum {momentum}, weightDecay {weightDecay}{(nesterov ? ", nesterov" : "")})");

        internal override FlatOptimizer Start(float[] decayed) =>
            new SgdOptimizer(decayed, weightDecay, momentum, nesterov);
    }
}
