using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>Cross-stitch units: how they begin, what they become, and that they can be read.</summary>
public sealed class CrossStitchTrainerTests
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(0.0)]
    public void Units_begin_near_the_identity_and_stay_there_where_they_are_not_learned(double selfWeight)
    {
        using MultiTaskTransformer model = Fit(new() { SelfWeight = selfWeight, LearnUnits = false, MaximumNumberOfEpochs = 3 });
        IReadOnlyList<CrossStitchUnit> units = model.GetCrossStitchUnits();

        Assert.Equal(["unit0", "unit1"], units.Select(unit => unit.Name));
        foreach (CrossStitchUnit unit in units)
        {
            Assert.Equal(TestData.Tasks().Select(task => task.Name), unit.TaskNames);
            for (int i = 0; i < 4; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    Assert.Equal(i == j ? selfWeight : (1 - selfWeight) / 3, unit.Weights[i, j], 1e-6);
                    Assert.Equal(unit.Weights[i, j], unit[unit.TaskNames[i], unit.TaskNames[j]]);
                }
            }
        }
    }

    [Fact]
    public void Learned_units_leave_where_they_began_and_are_the_same_after_saving()
    {
        using MultiTaskTransformer model = Fit(new() { MaximumNumberOfEpochs = 10 });
        using var folder = new TemporaryFolder();
        string path = folder["model.zip"];
        _ml.Model.Save(model, null, path);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(path, out _);
        (double[] learned, double[] read) = (Flatten(model), Flatten(loaded));

        Assert.Equal(learned, read);
        Assert.All(learned.Chunk(16), unit => Assert.True(unit.Index().Max(item => Math.Abs(item.Item - (item.Index % 5 == 0 ? 0.9 : 0.1 / 3))) > 0.003));
    }

    /// <summary>Decay would draw units to 0, which is no sharing and no network either.</summary>
    [Fact]
    public void Weight_decay_leaves_units_alone()
    {
        using MultiTaskTransformer model = Fit(new() { MaximumNumberOfEpochs = 30, LearningRate = 0.001, Optimizer = Optimizer.AdamW(100) });

        Assert.All(model.GetCrossStitchUnits(), unit => Assert.All(unit.TaskNames, task => Assert.InRange(unit[task, task], 0.7, 1.1)));
    }

    [Fact]
    public void A_single_task_has_units_of_1()
    {
        using MultiTaskTransformer model = Fit(new() { Tasks = [PredictionTask.Regression("Size")], LearnUnits = false });

        Assert.All(model.GetCrossStitchUnits(), unit => Assert.Equal(1, unit["Size", "Size"]));
    }

    [Fact]
    public void A_unit_prints_its_matrix_in_any_culture_and_says_which_task_it_lacks()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            using MultiTaskTransformer model = Fit(new() { Tasks = [PredictionTask.Regression("Size"), PredictionTask.BinaryClassification("Big")], LearnUnits = false });
            CrossStitchUnit unit = model.GetCrossStitchUnits()[0];

            Assert.Equal("unit0; Size: 0.90 0.10; Big: 0.10 0.90", unit.ToString());
            ArgumentException error = Assert.Throws<ArgumentException>(() => unit["Size", "Other"]);
            Assert.Contains("'Other'", error.Message, StringComparison.Ordinal);
            Assert.Contains("'Big'", error.Message, StringComparison.Ordinal);
            unit.Weights[0, 0] = 7;
            Assert.Equal(0.9, unit["Size", "Size"], 1e-6);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Other_models_have_no_units_members_of_a_joint_model_have_theirs_and_disposed_ones_say_so()
    {
        MultiTaskTransformer hard = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), MaximumNumberOfEpochs = 1 }).Fit(TestData.View(_ml));
        Assert.Empty(hard.GetCrossStitchUnits());
        hard.Dispose();
        Assert.Throws<ObjectDisposedException>(hard.GetCrossStitchUnits);

        using MultiTaskTransformer joint = _ml.MultiTask.Trainers.JointTraining(Trainer(new()), numberOfMembers: 2).Fit(TestData.View(_ml));
        Assert.Equal(["member0/unit0", "member0/unit1", "member1/unit0", "member1/unit1"], joint.GetCrossStitchUnits().Select(unit => unit.Name));
        Assert.Equal(2, joint.Members[1].GetCrossStitchUnits().Count);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_self_weight_that_is_no_share_is_refused(double selfWeight) =>
        Assert.Contains("SelfWeight", Assert.Throws<ArgumentException>(() => Trainer(new() { SelfWeight = selfWeight })).Message, StringComparison.Ordinal);

    private static double[] Flatten(MultiTaskTransformer model) => [.. model.GetCrossStitchUnits().SelectMany(unit => unit.Weights.Cast<double>())];

    private MultiTaskTransformer Fit(Setup setup) => Trainer(setup).Fit(TestData.View(_ml));

    private CrossStitchTrainer Trainer(Setup setup) => _ml.MultiTask.Trainers.CrossStitch(new CrossStitchOptions
    {
        Tasks = setup.Tasks,
        TrunkLayers = [6, 5],
        HeadLayers = [3],
        SelfWeight = setup.SelfWeight,
        LearnUnits = setup.LearnUnits,
        MaximumNumberOfEpochs = setup.MaximumNumberOfEpochs,
        LearningRate = setup.LearningRate,
        Optimizer = setup.Optimizer,
        Seed = 3,
    });

    private sealed record Setup
    {
        public PredictionTask[] Tasks { get; init; } = TestData.Tasks();

        public double SelfWeight { get; init; } = 0.9;

        public bool LearnUnits { get; init; } = true;

        public int MaximumNumberOfEpochs { get; init; } = 1;

        public LearningRateSchedule LearningRate { get; init; } = 0.01;

        public Optimizer Optimizer { get; init; } = Optimizer.Adam();
    }
}
