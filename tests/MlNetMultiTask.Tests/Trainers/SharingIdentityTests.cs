using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>Where one way of sharing is another: the same seed gives the same predictions, as networks begin and after training.</summary>
public sealed class SharingIdentityTests
{
    private const double Tolerance = 1e-6;

    private readonly MLContext _ml = new(1);

    /// <summary>Labels in part only, normalisation, momentum: all that could tell them apart.</summary>
    public static TheoryData<int, bool, int> Trainings => new() { { 60, false, 1 }, { 16, false, 4 }, { 7, true, 3 } };

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Cross_stitch_with_fixed_identity_units_is_separate_networks(int batchSize, bool normalization, int epochs) => AssertSame(
        _ml.MultiTask.Trainers.CrossStitch(new CrossStitchOptions
        {
            Tasks = TestData.Tasks(),
            TrunkLayers = [7, 5],
            HeadLayers = [3],
            SelfWeight = 1,
            LearnUnits = false,
            BatchSize = batchSize,
            LayerNormalization = normalization,
            MaximumNumberOfEpochs = epochs,
            Seed = 4,
        }),
        Separate(batchSize, normalization, epochs));

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Extraction_with_one_level_and_nothing_shared_is_separate_networks(int batchSize, bool normalization, int epochs) => AssertSame(
        _ml.MultiTask.Trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions
        {
            Tasks = TestData.Tasks(),
            NumberOfLevels = 1,
            NumberOfSharedExperts = 0,
            NumberOfTaskExperts = 1,
            ExpertLayers = [7, 5],
            HeadLayers = [3],
            BatchSize = batchSize,
            LayerNormalization = normalization,
            MaximumNumberOfEpochs = epochs,
            Seed = 4,
        }),
        Separate(batchSize, normalization, epochs));

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Extraction_with_two_levels_and_nothing_shared_is_separate_networks(int batchSize, bool normalization, int epochs) => AssertSame(
        _ml.MultiTask.Trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions
        {
            Tasks = TestData.Tasks(),
            NumberOfLevels = 2,
            NumberOfSharedExperts = 0,
            NumberOfTaskExperts = 1,
            ExpertLayers = [6],
            HeadLayers = [3],
            BatchSize = batchSize,
            LayerNormalization = normalization,
            MaximumNumberOfEpochs = epochs,
            Seed = 4,
        }),
        Separate(batchSize, normalization, epochs, [6, 6]));

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_mixture_of_one_expert_is_hard_sharing(int batchSize, bool normalization, int epochs)
    {
        foreach (bool oneGate in (bool[])[false, true])
        {
            AssertSame(
                _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions
                {
                    Tasks = TestData.Tasks(),
                    NumberOfExperts = 1,
                    ExpertLayers = [7, 5],
                    HeadLayers = [3],
                    OneGate = oneGate,
                    BatchSize = batchSize,
                    LayerNormalization = normalization,
                    MaximumNumberOfEpochs = epochs,
                    Seed = 4,
                }),
                _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
                {
                    Tasks = TestData.Tasks(),
                    SharedLayers = [7, 5],
                    HeadLayers = [3],
                    BatchSize = batchSize,
                    LayerNormalization = normalization,
                    MaximumNumberOfEpochs = epochs,
                    Seed = 4,
                }));
        }
    }

    /// <summary>What is compared does tell networks apart.</summary>
    [Fact]
    public void Units_that_mix_give_other_predictions()
    {
        using MultiTaskTransformer mixed = _ml.MultiTask.Trainers.CrossStitch(new CrossStitchOptions { Tasks = TestData.Tasks(), TrunkLayers = [7, 5], HeadLayers = [3], SelfWeight = 0.9, LearnUnits = false, MaximumNumberOfEpochs = 3, Seed = 4, BatchSize = 16 }).Fit(TestData.View(_ml));
        using MultiTaskTransformer separate = Separate(16, false, 3).Fit(TestData.View(_ml));

        Assert.True(Largest(mixed, separate) > 1e-3);
    }

    private SoftParameterSharingTrainer Separate(int batchSize, bool normalization, int epochs, int[]? layers = null) => _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
    {
        Tasks = TestData.Tasks(),
        TrunkLayers = layers ?? [7, 5],
        HeadLayers = [3],
        SharingStrength = 0,
        BatchSize = batchSize,
        LayerNormalization = normalization,
        MaximumNumberOfEpochs = epochs,
        Seed = 4,
    });

    private void AssertSame(MultiTaskTrainer one, MultiTaskTrainer other)
    {
        IDataView data = TestData.View(_ml);
        using MultiTaskTransformer first = one.Fit(data);
        using MultiTaskTransformer second = other.Fit(data);

        Assert.InRange(Largest(first, second), 0, Tolerance);
    }

    /// <summary>The largest difference of scores; numbers by their deviation, which is about 10.</summary>
    private double Largest(MultiTaskTransformer first, MultiTaskTransformer second)
    {
        IDataView data = TestData.View(_ml);
        (IDataView one, IDataView other) = (first.Transform(data), second.Transform(data));
        double Of<T>(string column, Func<T, IEnumerable<float>> values) =>
            one.GetColumn<T>(column).SelectMany(values).Zip(other.GetColumn<T>(column).SelectMany(values), (x, y) => Math.Abs((double)x - y)).Max();

        return new[] { Of<float[]>("Color.Score", row => row), Of<float[]>("Tags.Score", row => row), Of<float>("Big.Score", row => [row]), Of<float>("Size.Score", row => [row]) / 10 }.Max();
    }
}
