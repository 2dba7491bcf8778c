using Microsoft.ML.Runtime;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask;

/// <summary>
/// Hard parameter sharing (Caruana 1997, "Multitask Learning"): all tasks share the lower layers of one network, and each
/// has a head of its own; the sum of the tasks' losses is minimised,
/// L(θ) = Σᵢ wᵢ Lᵢ(θ_shared, θᵢ).
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.HardParameterSharing(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>Yes: features should be of similar scale and around 0 (<c>NormalizeMeanVariance</c> with <c>fixZero: false</c>)</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// </remarks>
public sealed class HardParameterSharingTrainer : NetworkTrainer
{
    private readonly HardParameterSharingOptions _options;

    internal HardParameterSharingTrainer(IHostEnvironment environment, HardParameterSharingOptions options, TrainerVariation? variation = null)
        : base(environment, options, variation) => _options = options;

    internal override MultiTaskTrainer With(TrainerVariation variation) => new HardParameterSharingTrainer(Environment, _options, variation);

    internal override NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts) =>
        HardParameterSharingNetwork.Describe(featureCount, outputCounts, (_options.Trunk ?? Trunk.Dense(_options.SharedLayers)).Describe(featureCount), _options.HeadLayers, _options.HiddenLayers);
}
