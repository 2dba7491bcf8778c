using System.Globalization;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask;

/// <summary>
/// Joint training: several networks are trained together, as one, on the loss of their mean output, and, if wanted, on each one's own loss,
/// L(θ) = Σᵢ wᵢ (Lᵢ(f̄ᵢ) + α/M Σₘ Lᵢ(fₘᵢ)), with f̄ᵢ = 1/M Σₘ fₘᵢ. The mean is that of raw outputs: log-odds, logits (so that probabilities are the normalised geometric mean
/// of the members'), and standardised numbers. With α = 0 the members are parts of one large network; the larger α, the more they are networks of their own: the
/// ground between, up to independent training, is that of Webb, Reynolds et al. 2020 ("To Ensemble or Not Ensemble: When does End-To-End Training Fail?").
/// </summary>
/// <remarks>
/// <para>Create it with <c>mlContext.MultiTask.Trainers.JointTraining(...)</c>.</para>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Machine learning tasks</term><description>Multiclass, binary and multilabel classification, regression; several at once</description></item>
/// <item><term>Is normalization required?</term><description>Yes: features should be of similar scale and around 0 (<c>NormalizeMeanVariance</c> with <c>fixZero: false</c>)</description></item>
/// <item><term>Is caching required?</term><description>No: the data are read once, for all members</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MlNetMultiTask, and TorchSharp-cpu or another package with LibTorch</description></item>
/// <item><term>Exportable to ONNX</term><description>No</description></item>
/// </list>
/// <para>
/// The fitted model is a network with one history, one set of decision thresholds and one file; <see cref="MultiTaskTransformer.Members"/> are views of its members. It can be the initial model of
/// a training of the same members, as the first member's option <see cref="MultiTaskTrainerOptions.InitialModel"/> or in <c>Fit</c>.
/// </para>
/// </remarks>
public sealed class JointTrainingTrainer : NetworkTrainer
{
    private readonly JointTrainingOptions _options;
    private readonly IReadOnlyList<NetworkTrainer> _members;

    internal JointTrainingTrainer(IHostEnvironment environment, JointTrainingOptions options, TrainerVariation? variation = null)
        : base(environment, GetTrainingOptions(options), (variation ?? new TrainerVariation()) with { Seed = variation?.Seed ?? GetSeed(options) })
    {
        _options = options;

        // Members are asked for networks of the tasks that are trained.
        _members = variation?.Tasks is { } tasks
            ? [.. options.Trainers.Select(member => (NetworkTrainer)member.With(new TrainerVariation { Tasks = tasks, Seed = member.Seed }))]
            : options.Trainers;
    }

    internal override MultiTaskTrainer With(TrainerVariation variation) => new JointTrainingTrainer(Environment, _options, variation);

    internal override NetworkDescription DescribeNetwork(int featureCount, IReadOnlyList<int> outputCounts) => JointNetwork.Describe(
        featureCount,
        outputCounts,
        (_options.SharedTrunk ?? Trunk.Dense(_options.SharedLayers)).Describe(featureCount),
        Options.HiddenLayers,
        inputs => _members.Select(member => member.DescribeNetwork(inputs, outputCounts)));

    internal override IEnumerable<KeyValuePair<string, string>> DescribeSettings() =>
    [
        new(nameof(_options.OwnLossWeight), _options.OwnLossWeight.ToString(CultureInfo.InvariantCulture)),
        .. _members.Index().SelectMany(member => member.Item.DescribeSettings().Select(setting =>
            new KeyValuePair<string, string>(string.Create(CultureInfo.InvariantCulture, $"{setting.Key} of member {member.Index + 1}"), setting.Value))),
    ];

    internal override void Prepare(MultiTaskNetwork network)
    {
        var joint = (JointNetwork)network;
        joint.OwnLossWeight = _options.OwnLossWeight;
        foreach ((NetworkTrainer member, MultiTaskNetwork own) in _members.Zip(joint.Members))
        {
            member.Prepare(own);
        }
    }

    /// <summary>What the first member was told, run as this training is.</summary>
    private static MultiTaskTrainerOptions GetTrainingOptions(JointTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options.Trainers[0].Options.With(options.Run);
    }

    private static ulong GetSeed(JointTrainingOptions options) => options.Seed is { } seed ? (uint)seed : options.Members[0].Seed;
}
