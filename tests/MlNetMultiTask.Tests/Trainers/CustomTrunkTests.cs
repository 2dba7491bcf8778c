using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Tests.Networks;
using TorchSharp;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>Users' modules as trunks of the library's networks; and that nothing is left of them.</summary>
[Collection("NotParallel")]
public sealed class CustomTrunkTests
{
    private readonly MLContext _ml = new(1);

    static CustomTrunkTests()
    {
        NormalizedTrunk.Register();
        NormalizedNetwork.Register();
        OddNetwork.Register();
    }

    public static TheoryData<string> Trainers { get; } = [.. TrunkTrainers.OfOneNetwork];

    [Theory]
    [MemberData(nameof(Trainers))]
    public void It_learns_is_saved_and_leaves_nothing(string trainer)
    {
        AssertNoLeak(() =>
        {
            IDataView data = TestData.View(_ml);
            using MultiTaskTransformer model = Create(trainer, Trunk.Custom(NormalizedTrunk.RegisteredName, 6)).Fit(data, data);
            using var file = new MemoryStream();
            _ml.Model.Save(model, data.Schema, file);
            using var loaded = (MultiTaskTransformer)_ml.Model.Load(file, out _);
            string[] outputs = [.. model.Tasks.SelectMany(task => task.OutputColumnNames)];

            Assert.Equal(ScoreBytes.Of(model.Transform(data), outputs), ScoreBytes.Of(loaded.Transform(data), outputs));
            using MultiTaskTransformer more = Create(trainer, Trunk.Custom(NormalizedTrunk.RegisteredName, 6)).Fit(data, data, loaded);
            Assert.Throws<ArgumentException>(() => Create(trainer, Trunk.Custom(NormalizedTrunk.RegisteredName, 7)).Fit(data, data, loaded));
            TrainingEpoch last = more.History!.Epochs[^1];
            Assert.True(last.TrainingLosses["Color"] < model.History!.Epochs[0].TrainingLosses["Color"]);
        });
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void What_is_wrong_is_told_and_leaves_nothing(string trainer)
    {
        string wide = Guid.NewGuid().ToString();
        MultiTaskNetworks.RegisterTrunk(wide, request => torch.nn.Linear(request.FeatureCount, request.OutputWidth + 1));
        AssertNoLeak(() =>
        {
            string message = Assert.Throws<ArgumentException>(() => Create(trainer, Trunk.Custom(wide, 6)).Fit(TestData.View(_ml))).Message;
            Assert.Contains("gives outputs of shape [1, 7] for 1 rows; it must be [1, 6]", message, StringComparison.Ordinal);
            message = Assert.Throws<ArgumentException>(() => Create(trainer, Trunk.Custom("nobody", 6)).Fit(TestData.View(_ml))).Message;
            Assert.Contains("The custom trunk 'nobody' is not registered in this process: call MultiTaskNetworks.RegisterTrunk(\"nobody\", ...)", message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_network_with_buffers_leaves_nothing() => AssertNoLeak(() =>
    {
        IDataView data = TestData.View(_ml);
        var options = new CustomNetworkOptions { Tasks = TestData.Tasks(), NetworkName = NormalizedNetwork.RegisteredName, MaximumNumberOfEpochs = 2, EarlyStopping = new EarlyStopping { Patience = 1 } };
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.CustomNetwork(options).Fit(data, data);
        _ = ScoreBytes.Of(model.Transform(data), "Color.Score");
        foreach (string what in (string[])["fails", "large number", "kept tensor"])
        {
            var odd = new CustomNetworkOptions { Tasks = TestData.Tasks(), NetworkName = OddNetwork.RegisteredName, Settings = new Dictionary<string, string> { [OddNetwork.What] = what } };
            Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.CustomNetwork(odd).Fit(data));
        }
    });

    [Fact]
    public void Soft_sharing_keeps_trunks_close_also_with_few_labels()
    {
        IDataView data = TestData.View(_ml);
        double Distance(float strength)
        {
            using MultiTaskTransformer model = _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
            {
                Tasks = TestData.Tasks(),
                Trunk = Trunk.Custom(NormalizedTrunk.RegisteredName, 6),
                SharingStrength = strength,
                MaximumNumberOfEpochs = 4,
                BatchSize = 16,
                LearningRate = 0.01,
            }).Fit(data);
            return model.History!.Epochs[^1].ParameterDistance!.Value;
        }

        Assert.True(Distance(10) < Distance(0) / 10);
    }

    private MultiTaskTrainer Create(string trainer, Trunk trunk) => TrunkTrainers.Create(_ml, trainer, trunk);

    private static void AssertNoLeak(Action action)
    {
        action();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        action();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
