using System.Globalization;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask;

/// <summary>
/// Cross-stitch networks (Misra, Shrivastava, Gupta, Hebert 2016, "Cross-stitch Networks for Multi-task Learning"): each task has a network of its own, and behind each layer of their trunks goes
/// on with a mixture of what all of them have computed, x̃ᵢ = Σⱼ αᵢⱼ xⱼ. The matrices α are learned with the rest: how much to share, layer by layer, is left to the data.
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.CrossStitch(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>Yes: features should be of similar scale and around 0 (<c>NormalizeMeanVariance</c> with <c>fixZero: false</c>)</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// The units are what the tasks share: balancing methods on gradients act on these. They begin near the identity (<see cref="CrossStitchOptions.SelfWeight"/>), and weight decay leaves them alone.
/// <see cref="MultiTaskTransformer.GetCrossStitchUnits"/> tells what they have become. All trunks are computed for every row, also for one task alone: the cost is that of one network per task.
/// </para>
/// </remarks>
public sealed class CrossStitchTrainer : NetworkTrainer
{
    private readonly CrossStitchOptions _options;

    internal CrossStitchTrainer(IHostEnvironment environment, CrossStitchOptions options, TrainerVariation? variation = null)
        : base(environment, options, variation) => _options = options;

    internal override MultiTaskTrainer With(TrainerVariation variation) => new CrossStitchTrainer(Environment, _options, variation);

    internal override NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts) => CrossStitchNetwork.Describe(
        featureCount, outputCounts, (_options.Trunk ?? Trunk.Dense(_options.TrunkLayers)).Describe(featureCount), _options.HeadLayers, _options.HiddenLayers);


    internal override IEnumerable<KeyValuePair<string, string>> DescribeSettings() =>
    [
        new(nameof(_options.SelfWeight), _options.SelfWeight.ToString(CultureInfo.InvariantCulture)),
        new(nameof(_options.LearnUnits), _options.LearnUnits.ToString()),
    ];

    internal override void Prepare(MultiTaskNetwork network)
    {
        var stitched = (CrossStitchNetwork)network;
        stitched.SelfWeight = _options.SelfWeight;
        stitched.LearnsUnits = _options.LearnUnits;
    }
}
