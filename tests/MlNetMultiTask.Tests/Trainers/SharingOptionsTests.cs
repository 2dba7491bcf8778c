using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>Options of cross-stitch, mixtures and extraction: each that can't be is refused by its name, and each that can does something.</summary>
public sealed class SharingOptionsTests
{
    private static readonly Dictionary<string, Func<MultiTaskTrainers, MultiTaskTrainer>> _wrong = new()
    {
        ["TrunkLayers: 0 units"] = trainers => trainers.CrossStitch(new CrossStitchOptions { Tasks = Tasks, TrunkLayers = [0] }),
        ["HeadLayers: 0 units"] = trainers => trainers.CrossStitch(new CrossStitchOptions { Tasks = Tasks, HeadLayers = [0] }),
        ["SelfWeight: is 2"] = trainers => trainers.CrossStitch(new CrossStitchOptions { Tasks = Tasks, SelfWeight = 2 }),
        ["Trunk: TrunkLayers"] = trainers => trainers.CrossStitch(new CrossStitchOptions { Tasks = Tasks, TrunkLayers = [3], Trunk = Trunk.Dense(3) }),
        ["NumberOfExperts: is 0"] = trainers => trainers.MultiGateMixtureOfExperts(Tasks, numberOfExperts: 0),
        ["ExpertLayers: null"] = trainers => trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = Tasks, ExpertLayers = null! }),
        ["Trunk: ExpertLayers"] = trainers => trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = Tasks, ExpertLayers = [3], Trunk = Trunk.Dense(3) }),
        ["NumberOfSelectedExperts: from 1 to the number of experts, 4"] = trainers => trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = Tasks, NumberOfSelectedExperts = 5 }),
        ["NumberOfSelectedExperts: is 0"] = trainers => trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = Tasks, NumberOfSelectedExperts = 0 }),
        ["LoadBalancingWeight: is -1"] = trainers => trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = Tasks, NumberOfSelectedExperts = 2, LoadBalancingWeight = -1 }),
        ["LoadBalancingWeight: without NumberOfSelectedExperts"] = trainers => trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = Tasks, LoadBalancingWeight = 1 }),
        ["NumberOfExperts: is 1001"] = trainers => trainers.MultiGateMixtureOfExperts(Tasks, numberOfExperts: 1001),
        ["NumberOfTaskExperts: 10004 experts in a level"] = trainers => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = Tasks, NumberOfTaskExperts = 2500, NumberOfSharedExperts = 4 }),
        ["Trunk: ExpertLayers both"] = trainers => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = Tasks, NumberOfLevels = 1, ExpertLayers = [3], Trunk = Trunk.Dense(3) }),
        ["NumberOfLevels: is 0"] = trainers => trainers.ProgressiveLayeredExtraction(Tasks, numberOfLevels: 0),
        ["NumberOfLevels: is 101"] = trainers => trainers.ProgressiveLayeredExtraction(Tasks, numberOfLevels: 101),
        ["NumberOfSharedExperts: is -1"] = trainers => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = Tasks, NumberOfSharedExperts = -1 }),
        ["NumberOfTaskExperts: is -1"] = trainers => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = Tasks, NumberOfTaskExperts = -1 }),
        ["NumberOfTaskExperts: both 0"] = trainers => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = Tasks, NumberOfSharedExperts = 0, NumberOfTaskExperts = 0 }),
        ["ExpertLayers: 0 units"] = trainers => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = Tasks, ExpertLayers = [3, 0] }),
    };

    /// <summary>Pairs of which the second differs in one option.</summary>
    private static readonly Dictionary<string, Func<MultiTaskTrainers, MultiTaskTrainer>[]> _pairs = new()
    {
        ["SelfWeight"] = [trainers => trainers.CrossStitch(Stitched()), trainers => trainers.CrossStitch(Stitched(selfWeight: 0.8))],
        ["LearnUnits"] = [trainers => trainers.CrossStitch(Stitched()), trainers => trainers.CrossStitch(Stitched(learnUnits: false))],
        ["LoadBalancingWeight"] = [trainers => trainers.MultiGateMixtureOfExperts(Mixed(selected: 2, balancing: 0)), trainers => trainers.MultiGateMixtureOfExperts(Mixed(selected: 2, balancing: 1))],
        ["NumberOfSelectedExperts"] = [trainers => trainers.MultiGateMixtureOfExperts(Mixed()), trainers => trainers.MultiGateMixtureOfExperts(Mixed(selected: 2, balancing: 0))],
        ["OneGate"] = [trainers => trainers.MultiGateMixtureOfExperts(Mixed()), trainers => trainers.MultiGateMixtureOfExperts(Mixed(oneGate: true))],
    };

    private readonly MLContext _ml = new(1);

    public static TheoryData<string> Wrong => [.. _wrong.Keys];

    public static TheoryData<string> Pairs => [.. _pairs.Keys];

    private static PredictionTask[] Tasks => TestData.Tasks();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void An_option_that_can_not_be_is_refused_by_its_name(string option)
    {
        string[] words = option.Split(": ");
        ArgumentException error = Assert.Throws<ArgumentException>(() => _wrong[option](_ml.MultiTask.Trainers));

        Assert.Equal(words[0], error.ParamName);
        Assert.Contains(words[1], error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_option_does_something(string option)
    {
        byte[][] weights = [.. _pairs[option].Select(create =>
        {
            using MultiTaskTransformer model = create(_ml.MultiTask.Trainers).Fit(TestData.View(_ml));
            return MlNetMultiTask.FreshProcess.ScoreBytes.Of(model.Transform(TestData.View(_ml)), "Size.Score", "Color.Score");
        })];

        Assert.NotEqual(weights[0], weights[1]);
    }

    /// <summary>Their training is another one, though the network is the same: a checkpoint of it is not taken.</summary>
    [Theory]
    [InlineData("SelfWeight")]
    [InlineData("LearnUnits")]
    [InlineData("LoadBalancingWeight")]
    public void Options_of_training_alone_are_among_the_settings_of_checkpoints(string option)
    {
        string[][] settings = [.. _pairs[option].Select(create => ((NetworkTrainer)create(_ml.MultiTask.Trainers)).DescribeSettings().Select(setting => $"{setting.Key} {setting.Value}").ToArray())];

        Assert.Contains(settings[0], setting => setting.StartsWith(option, StringComparison.Ordinal));
        Assert.NotEqual(settings[0], settings[1]);
    }

    [Fact]
    public void Layers_beyond_all_memory_are_refused_with_the_number_of_parameters()
    {
        foreach (MultiTaskTrainer trainer in new MultiTaskTrainer[]
        {
            _ml.MultiTask.Trainers.CrossStitch(new CrossStitchOptions { Tasks = Tasks, TrunkLayers = [int.MaxValue] }),
            _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = Tasks, Trunk = Trunk.Residual(1_000_000, 1) }),
            _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = Tasks, Trunk = Trunk.Convolutional(2, 2, filters: [60_000, 60_000]) }),
        })
        {
            Assert.Contains("parameters, for 4 features; up to 2147483647 are possible", Assert.Throws<ArgumentException>(() => trainer.Fit(TestData.View(_ml))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Experts_of_the_first_level_may_be_of_any_trunk_and_those_above_are_dense()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions
        {
            Tasks = Tasks,
            Trunk = Trunk.Convolutional(2, 2, filters: [3], layers: [6]),
            ExpertLayers = [5],
            HeadLayers = [],
            MaximumNumberOfEpochs = 1,
        }).Fit(TestData.View(_ml));
        var description = ((NetworkModel)model.Model).Description;

        Assert.Equal("Convolutional", description.Trunk!.Kind);
        Assert.Equal([5], description.GetSizes("expertLayers"));
    }

    [Fact]
    public void Gradient_balancing_acts_on_what_is_shared_and_is_refused_where_nothing_is()
    {
        foreach (Func<MultiTaskTrainers, TaskBalancing, MultiTaskTrainer> create in new Func<MultiTaskTrainers, TaskBalancing, MultiTaskTrainer>[]
        {
            (trainers, balancing) => trainers.CrossStitch(new CrossStitchOptions { Tasks = Tasks, LearnUnits = false, Balancing = balancing }),
            (trainers, balancing) => trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = Tasks, NumberOfSharedExperts = 0, Balancing = balancing }),
        })
        {
            string message = Assert.Throws<ArgumentException>(() => create(_ml.MultiTask.Trainers, new Training.GramianBalancing()).Fit(TestData.View(_ml))).Message;
            Assert.Contains("GramianForTests", message, StringComparison.Ordinal);
        }

        using MultiTaskTransformer model = _ml.MultiTask.Trainers.CrossStitch(new CrossStitchOptions { Tasks = Tasks, MaximumNumberOfEpochs = 1, Balancing = new Training.GramianBalancing() }).Fit(TestData.View(_ml));
        Assert.NotNull(model.History);
    }

    private static CrossStitchOptions Stitched(double selfWeight = 0.9, bool learnUnits = true) =>
        new() { Tasks = Tasks, TrunkLayers = [5], SelfWeight = selfWeight, LearnUnits = learnUnits, MaximumNumberOfEpochs = 2, Seed = 1 };

    private static MultiGateMixtureOfExpertsOptions Mixed(int? selected = null, double? balancing = null, bool oneGate = false) =>
        new() { Tasks = Tasks, ExpertLayers = [5], NumberOfSelectedExperts = selected, LoadBalancingWeight = balancing, OneGate = oneGate, MaximumNumberOfEpochs = 2, Seed = 1 };
}
