using Microsoft.ML.Runtime;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask;

/// <summary>
/// Progressive layered extraction (Tang, Liu, Zhao, Gong 2020, "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized Recommendations"): levels of experts, some of
/// each task alone and some of all; a gate per task mixes its own and the shared ones, and a gate for all mixes all of them for the shared experts of the next level. With one level it is customized
/// gate control (CGC).
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.ProgressiveLayeredExtraction(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>Yes: features should be of similar scale and around 0 (<c>NormalizeMeanVariance</c> with <c>fixZero: false</c>)</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// Shared are the shared experts and the gates that mix for them; a task's own are its experts, gates and head. What is learned for one task can't get in the way of another's own experts in the last
/// level. How the gates use the experts, <see cref="TrainingEpoch.ExpertUse"/> tells for each epoch, and <see cref="MultiTaskTransformer.MeasureExpertUse"/> for any data.
/// </para>
/// </remarks>
public sealed class ProgressiveLayeredExtractionTrainer : NetworkTrainer
{
    private readonly ProgressiveLayeredExtractionOptions _options;

    internal ProgressiveLayeredExtractionTrainer(IHostEnvironment environment, ProgressiveLayeredExtractionOptions options, TrainerVariation? variation = null)
        : base(environment, options, variation) => _options = options;

    internal override MultiTaskTrainer With(TrainerVariation variation) => new ProgressiveLayeredExtractionTrainer(Environment, _options, variation);

    internal override NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts) => ExtractionNetwork.Describe(
        featureCount,
        outputCounts,
        _options.Trunk?.Describe(featureCount),
        _options.ExpertLayers,
        _options.NumberOfLevels,
        _options.NumberOfSharedExperts,
        _options.NumberOfTaskExperts,
        _options.HeadLayers,
        _options.HiddenLayers);

}
