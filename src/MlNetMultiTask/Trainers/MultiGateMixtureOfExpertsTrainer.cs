using System.Globalization;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask;

/// <summary>
/// Multi-gate mixture of experts (Ma, Zhao, Yi, Chen, Hong, Chi 2018, "Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts"): several experts see the
/// features, and each task's gate, a softmax of a linear function of the features, mixes them row by row for its head, fₖ(x) = Σₑ gₖₑ(x) fₑ(x). With one gate for all tasks it is the
/// one-gate mixture of the paper.
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.MultiGateMixtureOfExperts(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>Yes: features should be of similar scale and around 0 (<c>NormalizeMeanVariance</c> with <c>fixZero: false</c>)</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// Shared are the experts (and the gate, where there is one for all); a task's own are its gate and its head. With one expert it is hard parameter sharing. How the gates use the experts,
/// <see cref="TrainingEpoch.ExpertUse"/> tells for each epoch, and <see cref="MultiTaskTransformer.MeasureExpertUse"/> for any data.
/// </para>
/// </remarks>
public sealed class MultiGateMixtureOfExpertsTrainer : NetworkTrainer
{
    private readonly MultiGateMixtureOfExpertsOptions _options;

    internal MultiGateMixtureOfExpertsTrainer(IHostEnvironment environment, MultiGateMixtureOfExpertsOptions options, TrainerVariation? variation = null)
        : base(environment, options, variation) => _options = options;

    internal override MultiTaskTrainer With(TrainerVariation variation) => new MultiGateMixtureOfExpertsTrainer(Environment, _options, variation);

    internal override NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts) => MixtureOfExpertsNetwork.Describe(
        featureCount,
        outputCounts,
        (_options.Trunk ?? Trunk.Dense(_options.ExpertLayers)).Describe(featureCount),
        _options.NumberOfExperts,
        _options.NumberOfSelectedExperts,
        _options.OneGate,
        _options.HeadLayers,
        _options.HiddenLayers);


    internal override IEnumerable<KeyValuePair<string, string>> DescribeSettings() => [new(nameof(_options.LoadBalancingWeight), _options.EffectiveLoadBalancingWeight.ToString(CultureInfo.InvariantCulture))];

    internal override void Prepare(MultiTaskNetwork network) => ((MixtureOfExpertsNetwork)network).LoadBalancingWeight = _options.EffectiveLoadBalancingWeight;
}
