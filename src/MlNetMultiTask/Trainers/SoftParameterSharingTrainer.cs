using System.Globalization;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask;

/// <summary>
/// Soft parameter sharing (Duong, Cohn, Bird, Cook 2015, "Low Resource Dependency Parsing"; Yang, Hospedales 2017, "Trace Norm Regularised Deep Multi-Task Learning"): each task
/// has a network of its own, and the squared distances between the networks' parameters are a term of the loss, L(θ) = Σᵢ wᵢ Lᵢ(θᵢ) + λ Σ_{i&lt;j} ‖θᵢ − θⱼ‖².
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.SoftParameterSharing(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>Yes: features should be of similar scale and around 0 (<c>NormalizeMeanVariance</c> with <c>fixZero: false</c>)</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// Rows that have a label for some tasks only are computed for these alone, and the tasks together in batched products: also with a hundred tasks and one label a row, training
/// is not one network after the other.
/// </para>
/// </remarks>
public sealed class SoftParameterSharingTrainer : NetworkTrainer
{
    private readonly SoftParameterSharingOptions _options;

    internal SoftParameterSharingTrainer(IHostEnvironment environment, SoftParameterSharingOptions options, TrainerVariation? variation = null)
        : base(environment, options, variation) => _options = options;

    internal override MultiTaskTrainer With(TrainerVariation variation) => new SoftParameterSharingTrainer(Environment, _options, variation);

    internal override NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts) =>
        SoftParameterSharingNetwork.Describe(featureCount, outputCounts, (_options.Trunk ?? Trunk.Dense(_options.TrunkLayers)).Describe(featureCount), _options.HeadLayers, _options.HiddenLayers);

    internal override IEnumerable<KeyValuePair<string, string>> DescribeSettings() =>
    [
        new(nameof(_options.SharingStrength), _options.SharingStrength.ToString(CultureInfo.InvariantCulture)),
        new(nameof(_options.Scope), _options.Scope.ToString()),
        new(nameof(_options.TaskGraph), _options.TaskGraph?.ToString() ?? "none"),
    ];

    internal override void Prepare(MultiTaskNetwork network) =>
        ((SoftParameterSharingNetwork)network).KeepClose(_options.SharingStrength, _options.Scope, _options.TaskGraph?.GetWeights(Tasks));
}
