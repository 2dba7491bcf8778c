using Microsoft.ML;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Benchmarks;

/// <summary>A way in which tasks share a network, with the width of its first layer still open.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="UsualShare">The first layer of its trunks or experts by default, beside that of hard sharing.</param>
/// <param name="Create">Makes a trainer with a width.</param>
internal sealed record Way(string Name, double UsualShare, Func<WaySetting, int, NetworkTrainer> Create)
{
    private const int MaximumWidth = 1024;

    /// <summary>Hard sharing, with the layers of the setting: what others are compared with.</summary>
    public static Way Hard { get; } = new("hard sharing", 1, (setting, width) => Trainers(setting).HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = setting.Tasks,
        SharedLayers = Layers(setting, width),
        HeadLayers = setting.HeadLayers,
        BatchSize = setting.BatchSize,
        MaximumNumberOfEpochs = setting.Epochs,
        Seed = setting.Seed,
        NumberOfThreads = 1,
    }));

    /// <summary>All others.</summary>
    public static IReadOnlyList<Way> Others { get; } =
    [
        new("residual trunk", 1, (setting, width) => Trainers(setting).HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = setting.Tasks,
            Trunk = Trunk.Residual(width),
            HeadLayers = setting.HeadLayers,
            BatchSize = setting.BatchSize,
            MaximumNumberOfEpochs = setting.Epochs,
            Seed = setting.Seed,
            NumberOfThreads = 1,
        })),
        new("separate networks", 1, (setting, width) => CreateSoft(setting, width, 0)),
        new("soft sharing", 1, (setting, width) => CreateSoft(setting, width, 1e-3f)),
        new("cross-stitch units", 1, (setting, width) => Trainers(setting).CrossStitch(new CrossStitchOptions
        {
            Tasks = setting.Tasks,
            TrunkLayers = Layers(setting, width),
            HeadLayers = setting.HeadLayers,
            BatchSize = setting.BatchSize,
            MaximumNumberOfEpochs = setting.Epochs,
            Seed = setting.Seed,
            NumberOfThreads = 1,
        })),
        new("4 experts, a gate a task", 0.5, (setting, width) => CreateMixture(setting, width, false, null)),
        new("4 experts, one gate", 0.5, (setting, width) => CreateMixture(setting, width, true, null)),
        new("4 experts, 2 for each row", 0.5, (setting, width) => CreateMixture(setting, width, false, 2)),
        new("extraction, 1 level (CGC)", 0.5, (setting, width) => CreateExtraction(setting, width, 1)),
        new("extraction, 2 levels (PLE)", 0.5, (setting, width) => CreateExtraction(setting, width, 2)),
    ];

    /// <summary>The width with which a network has the number of parameters nearest to a given one.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="features">The number of features.</param>
    /// <param name="outputs">Per task the number of outputs.</param>
    /// <param name="parameters">The number of parameters that is wanted.</param>
    public int FindWidth(WaySetting setting, int features, int[] outputs, long parameters) =>
        Enumerable.Range(1, MaximumWidth).MinBy(width => Math.Abs(CountParameters(setting, width, features, outputs) - parameters));

    /// <summary>The number of parameters of a network of a width.</summary>
    public long CountParameters(WaySetting setting, int width, int features, int[] outputs) =>
        NetworkKinds.CountParameters(Create(setting, width).DescribeNetwork(features, outputs));

    private static MultiTaskTrainers Trainers(WaySetting setting) => setting.MlContext.MultiTask.Trainers;

    private static int[] Layers(WaySetting setting, int width) => [width, .. setting.Layers[1..]];

    private static SoftParameterSharingTrainer CreateSoft(WaySetting setting, int width, float strength) => Trainers(setting).SoftParameterSharing(new SoftParameterSharingOptions
    {
        Tasks = setting.Tasks,
        TrunkLayers = Layers(setting, width),
        HeadLayers = setting.HeadLayers,
        SharingStrength = strength,
        BatchSize = setting.BatchSize,
        MaximumNumberOfEpochs = setting.Epochs,
        Seed = setting.Seed,
        NumberOfThreads = 1,
    });

    private static MultiGateMixtureOfExpertsTrainer CreateMixture(WaySetting setting, int width, bool oneGate, int? selected) =>
        Trainers(setting).MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions
        {
            Tasks = setting.Tasks,
            ExpertLayers = Layers(setting, width),
            HeadLayers = setting.HeadLayers,
            OneGate = oneGate,
            NumberOfSelectedExperts = selected,
            BatchSize = setting.BatchSize,
            MaximumNumberOfEpochs = setting.Epochs,
            Seed = setting.Seed,
            NumberOfThreads = 1,
        });

    private static ProgressiveLayeredExtractionTrainer CreateExtraction(WaySetting setting, int width, int levels) =>
        Trainers(setting).ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions
        {
            Tasks = setting.Tasks,
            NumberOfLevels = levels,
            ExpertLayers = levels == 1 ? Layers(setting, width) : [width],      // as many layers between features and heads in any case
            HeadLayers = setting.HeadLayers,
            BatchSize = setting.BatchSize,
            MaximumNumberOfEpochs = setting.Epochs,
            Seed = setting.Seed,
            NumberOfThreads = 1,
        });
}
