using MlNetMultiTask.Balancing;

namespace MlNetMultiTask;

/// <content>The methods on losses.</content>
public abstract partial class TaskBalancing
{
    /// <summary>Sums the tasks' losses, each multiplied by its <see cref="PredictionTask.LossWeight"/>.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing Sum() => new SumBalancing();

    /// <summary>Sums the tasks' losses with constant weights, which multiply <see cref="PredictionTask.LossWeight"/>.</summary>
    /// <param name="weights">A weight of 0 or more for each task, by the task's name; tasks that are not named have 1.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentException">A weight is negative or not finite, a task is named twice, or all named weights are 0.</exception>
    public static TaskBalancing Fixed(params IReadOnlyList<(string Task, float Weight)> weights) => new FixedBalancing(weights);

    /// <summary>
    /// Learns a variance per task beside the network: Σ ½ exp(−sᵢ) Lᵢ + ½ sᵢ, so that a task with large losses weighs less (Kendall, Gal, Cipolla 2018). The sᵢ begin at 0 and follow Adam.
    /// </summary>
    /// <param name="learningRate">The learning rate of the sᵢ, above 0. The default is null: that of the network's parameters, as in the paper. Losses whose scales are far apart need a larger one.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not above 0.</exception>
    public static TaskBalancing Uncertainty(double? learningRate = null) => new UncertaintyBalancing(learningRate);

    /// <summary>Gives more weight to tasks whose loss fell less between the two epochs before: T softmax(rᵢ / temperature), with rᵢ = Lᵢ(e − 1) / Lᵢ(e − 2) (Liu, Johns, Davison 2019, DWA).</summary>
    /// <param name="temperature">How evenly weights are spread, above 0. The default is 2.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public static TaskBalancing DynamicWeightAverage(double temperature = 2) => new DynamicWeightAverageBalancing(temperature);

    /// <summary>Minimises the geometric mean of the losses, in which the scale of a loss does not matter (Chennupati et al. 2019, GLS).</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing GeometricMean() => new GeometricMeanBalancing();

    /// <summary>Draws the weights anew in each step: the softmax of standard normal numbers (Lin et al. 2022, RLW). A method that balances should do better than this.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing Random() => new RandomBalancing();

    /// <summary>Learns a scale per task beside the network so that all scaled losses come to be 1: Σ exp(sᵢ) Lᵢ − sᵢ (Liu et al. 2021, IMTL-L). The sᵢ begin at 0 and follow Adam.</summary>
    /// <param name="learningRate">The learning rate of the sᵢ, above 0. The default is null: that of the network's parameters, as in the paper. Losses whose scales are far apart need a larger one.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not above 0.</exception>
    public static TaskBalancing ImtlL(double? learningRate = null) => new ImtlLBalancing(learningRate);

    /// <summary>
    /// Minimises a smooth form of the largest loss above its ideal zᵢ: μ log Σ exp((Lᵢ − zᵢ) / μ) (Lin et al. 2024). Losses should be of one scale; the preferences of the paper are the tasks'
    /// <see cref="PredictionTask.LossWeight"/>.
    /// </summary>
    /// <param name="smoothing">μ, above 0: the smaller, the nearer to the largest loss alone. The default is 1.</param>
    /// <param name="idealLosses">Per task the loss zᵢ that is the best one hopes for, by the task's name; tasks that are not named have 0.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentException">The smoothing is not above 0, a loss is not finite, or a task is named twice.</exception>
    public static TaskBalancing STCH(double smoothing = 1, params IReadOnlyList<(string Task, float Loss)> idealLosses) => new STCHBalancing(smoothing, idealLosses);

    /// <summary>
    /// Lets the logarithms of all losses fall alike, judged by the losses before and after each update (Liu et al. 2023, FAMO). The scale of a loss does not matter. It costs one more forward pass.
    /// </summary>
    /// <param name="learningRate">The learning rate of the weights' logits, above 0. The default is 0.025.</param>
    /// <param name="weightDecay">The decay of the logits, 0 or more: the larger, the more even the weights. The default is 0.001; the paper chooses it per data set.</param>
    /// <param name="minimumLosses">Per task the smallest loss that is possible, by the task's name; tasks that are not named have 0.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentException">A number is outside its range, or a task is named twice.</exception>
    public static TaskBalancing FAMO(double learningRate = 0.025, double weightDecay = 1e-3, params IReadOnlyList<(string Task, float Loss)> minimumLosses) =>
        new FAMOBalancing(learningRate, weightDecay, minimumLosses);

    /// <summary>
    /// Learns weights with which the tasks' gradients at the last shared layer are of equal length, longer for tasks that are behind (Chen et al. 2018). It needs a network with shared
    /// parameters, and costs a backward pass through each head.
    /// </summary>
    /// <param name="asymmetry">α, 0 or more: how strongly tasks that are behind are pulled forward. The default is 1.5.</param>
    /// <param name="learningRate">The learning rate of the weights, which follow Adam, above 0. The default is 0.025.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static TaskBalancing GradNorm(double asymmetry = 1.5, double learningRate = 0.025) => new GradNormBalancing(asymmetry, learningRate);
}
