using Microsoft.ML.Runtime;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask;

/// <summary>
/// A network of your own, a TorchSharp module, as an ML.NET trainer: the module gives the raw outputs of each task, and the library the rest: labels, losses, balancing, training, scoring,
/// metrics, files.
/// </summary>
/// <remarks>
/// <para>
/// Create it with <c>mlContext.MultiTask.Trainers.CustomNetwork(...)</c>, after <see cref="MultiTaskNetworks.Register"/>. A process that loads the model registers the same name first: the file keeps the name, the settings and the
/// numbers, and no code. A module that is only the lower part of a network is a <see cref="Trunk.Custom"/> of other trainers.
/// </para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>As the module needs it; most need features of similar scale and around 0 (<c>NormalizeMeanVariance</c> with <c>fixZero: false</c>)</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// What a module draws from torch's own generator, its first values or the masks of its dropout, is not governed by the trainer's seed: fitting twice then gives two models. First values are the same again where it
/// implements <see cref="ISeededModule"/>. Scoring on several threads is safe where the module's <c>forward</c> is.
/// </para>
/// </remarks>
public sealed class CustomNetworkTrainer : NetworkTrainer
{
    private readonly CustomNetworkOptions _options;
    private readonly CustomModule _module;

    internal CustomNetworkTrainer(IHostEnvironment environment, CustomNetworkOptions options, TrainerVariation? variation = null)
        : base(environment, options, variation)
    {
        _options = options;
        _module = options.Module;
    }

    internal override MultiTaskTrainer With(TrainerVariation variation) => new CustomNetworkTrainer(Environment, _options, variation);

    internal override NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts) => CustomNetwork.Describe(featureCount, outputCounts, _module);
}
