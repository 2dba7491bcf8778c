using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Models;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Networks that are trained together: one model of several.</summary>
public sealed class JointTrainingTrainerTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;

    public JointTrainingTrainerTests() => _data = TestData.View(_ml);

    public static TheoryData<bool, double> Lonely => new() { { false, 0 }, { true, 0 }, { false, 0.3 }, { true, 0.3 } };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Lonely))]
    public void A_single_member_is_what_its_trainer_makes_of_it(bool soft, double dropout)
    {
        MultiTaskTrainer member = soft ? Soft(dropout: dropout) : Hard(dropout: dropout);
        using MultiTaskTransformer alone = member.Fit(_data);
        using MultiTaskTransformer joint = _ml.MultiTask.Trainers.JointTraining(member, 1).Fit(_data);

        Assert.Equal(Bytes(alone), Bytes(joint));
        Assert.Empty(joint.Members);
        Assert.Equal(
            alone.History!.Epochs.SelectMany(epoch => epoch.TrainingLosses.Values).Select(loss => (float)loss),
            joint.History!.Epochs.SelectMany(epoch => epoch.TrainingLosses.Values).Select(loss => (float)loss));
    }

    [Fact]
    public void The_model_says_the_mean_of_what_its_members_say()
    {
        using MultiTaskTransformer model = Trainer(new JointTrainingOptions { Members = [Hard(), Soft(), Hard([16, 4])], SharedLayers = [6] }).Fit(_data);
        Prediction[] together = Predict(model);
        Prediction[][] members = [.. model.Members.Select(Predict)];

        Assert.Equal(3, model.Members.Count);
        Assert.Equal(3, members.Select(member => string.Join(' ', member.Select(row => row.SizeScore))).Distinct().Count());
        for (int row = 0; row < together.Length; row++)
        {
            Assert.Equal(members.Average(member => member[row].SizeScore), together[row].SizeScore, 1e-3f);
            Assert.Equal(members.Average(member => member[row].BigScore), together[row].BigScore, 1e-5f);

            // Of classes, the normalised geometric mean.
            double[] geometric = [.. Enumerable.Range(0, 3).Select(i => Math.Pow(members.Aggregate(1.0, (product, member) => product * member[row].ColorScore[i]), 1.0 / 3))];
            Assert.All(geometric.Index(), score => Assert.Equal(score.Item / geometric.Sum(), together[row].ColorScore[score.Index], 1e-5));
        }

        Assert.Equal(2, model.History!.Epochs.Count);
        Assert.All(model.Members, member => Assert.Null(member.History));
        Assert.All(model.Members, member => Assert.Empty(member.Members));
    }

    [Fact]
    public void Options_change_the_model_and_survive_a_file()
    {
        JointTrainingOptions[] all =
        [
            new() { Members = [Hard()], Seed = 3 },
            new() { Members = [Hard()], Seed = 4 },
            new() { Members = [Hard()], Seed = 3, NumberOfMembers = 2 },
            new() { Members = [Hard()], Seed = 3, SharedLayers = [6] },
            new() { Members = [Hard()], Seed = 3, SharedLayers = [6, 5] },
            new() { Members = [Hard()], Seed = 3, OwnLossWeight = 1 },
            new() { Members = [Hard(), Soft()], Seed = 3 },
            new() { Members = [Hard(), Soft(strength: 1)], Seed = 3 },
        ];
        byte[][] scores = [.. all.Select(options =>
        {
            using MultiTaskTransformer model = Trainer(options).Fit(_data);
            using MultiTaskTransformer again = Trainer(options).Fit(_data);
            _ml.MultiTask.SaveAtomically(model, _data.Schema, _folder["model.zip"]);
            using var loaded = (MultiTaskTransformer)_ml.MultiTask.Load(_folder["model.zip"], out _);
            Assert.Equal(Bytes(model), Bytes(again));
            Assert.Equal(Bytes(model), Bytes(loaded));
            Assert.Equal(model.Members.Select(Bytes), loaded.Members.Select(Bytes));
            return Bytes(model);
        })];

        Assert.Equal(all.Length, scores.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void Losses_that_are_told_are_those_of_the_mean_output()
    {
        // One step an epoch: the first epoch's losses are those of the first weights.
        TrainingEpoch[] Train(double ownLossWeight)
        {
            using MultiTaskTransformer model = Trainer(new JointTrainingOptions { Members = [Hard(batchSize: 100, validationFraction: 0.25f)], Seed = 3, OwnLossWeight = ownLossWeight }).Fit(_data);
            return [.. model.History!.Epochs];
        }

        (TrainingEpoch[] without, TrainingEpoch[] with) = (Train(0), Train(5));

        Assert.Equal(without[0].TrainingLosses, with[0].TrainingLosses);
        Assert.NotEqual(without[1].TrainingLosses, with[1].TrainingLosses);
    }

    [Fact]
    public void With_their_own_losses_members_are_better_alone()
    {
        double Alone(double ownLossWeight)
        {
            using MultiTaskTransformer model = Trainer(new JointTrainingOptions { Members = [Hard(epochs: 30)], NumberOfMembers = 4, Seed = 3, OwnLossWeight = ownLossWeight }).Fit(_data);
            return model.Members.Average(member => _ml.MultiTask.Evaluate(member.Transform(_data), member.Tasks).Multiclass("Color").LogLoss);
        }

        Assert.True(Alone(1) < Alone(0));
    }

    [Fact]
    public void A_member_is_a_model_of_its_own()
    {
        using MultiTaskTransformer model = Trainer(new JointTrainingOptions { Members = [Hard(), Soft()], SharedLayers = [6] }).Fit(_data);
        for (int i = 0; i < 2; i++)
        {
            _ml.Model.Save(model.Members[i], _data.Schema, _folder["member.zip"]);
            using var loaded = (MultiTaskTransformer)_ml.Model.Load(_folder["member.zip"], out _);

            Assert.Equal(Bytes(model.Members[i]), Bytes(loaded));
            Assert.Empty(loaded.Members);
            IDataView raw = TestData.Raw(_ml);
            Assert.Equal(ScoreBytes.OfAddedColumns(raw, model.Members[i].Transform(raw)), Contracts.FreshProcess.Score(_folder["member.zip"], raw, ""));
        }
    }

    [Fact]
    public void A_member_that_is_disposed_leaves_the_others_alone()
    {
        using MultiTaskTransformer model = Trainer(new JointTrainingOptions { Members = [Hard()], SharedLayers = [6] }).Fit(_data);
        byte[] before = Bytes(model);
        byte[] second = Bytes(model.Members[1]);
        IDataView view = model.Members[0].Transform(_data);
        model.Members[0].Dispose();
        model.Members[0].Dispose();

        Assert.Throws<ObjectDisposedException>(() => ScoreBytes.Of(view, ["Color.Score"]));
        Assert.Throws<ObjectDisposedException>(() => model.Members[0].Transform(_data));
        Assert.Equal(second, Bytes(model.Members[1]));
        Assert.Equal(before, Bytes(model));
    }

    [Fact]
    public void Members_end_with_the_model_also_while_they_score()
    {
        for (int round = 0; round < 10; round++)
        {
            MultiTaskTransformer model = Trainer(new JointTrainingOptions { Members = [Hard(epochs: 1)], NumberOfMembers = 2, SharedLayers = [6] }).Fit(_data);
            MultiTaskTransformer member = model.Members[1];
            byte[] right = Bytes(member);
            var scoring = Task.Run(() =>
            {
                while (true)
                {
                    Assert.Equal(right, Bytes(member));
                }
            });
            Thread.Sleep(round);
            model.Dispose();

            Assert.Throws<ObjectDisposedException>(() => scoring.GetAwaiter().GetResult());
            Assert.Throws<ObjectDisposedException>(() => member.GetOutputSchema(_data.Schema));
            Assert.Throws<ObjectDisposedException>(() => _ml.Model.Save(member, _data.Schema, _folder["gone.zip"]));
        }
    }

    [Fact]
    public void Training_goes_on_from_the_same_networks_and_from_no_others()
    {
        JointTrainingTrainer trainer = Trainer(new JointTrainingOptions { Members = [Hard(), Soft()], SharedLayers = [6] });
        using MultiTaskTransformer first = trainer.Fit(_data);
        using MultiTaskTransformer further = trainer.Fit(_data, null, first);
        using MultiTaskTransformer byOption = Trainer(new JointTrainingOptions { Members = [Hard(initialModel: first), Soft()], SharedLayers = [6], Seed = 1 }).Fit(_data);
        using MultiTaskTransformer hard = Hard().Fit(_data);
        using MultiTaskTransformer narrower = Trainer(new JointTrainingOptions { Members = [Hard([7]), Soft()], SharedLayers = [6] }).Fit(_data);

        Assert.True(further.History!.Epochs[^1].TrainingLosses["Size"] < first.History!.Epochs[^1].TrainingLosses["Size"]);
        Assert.True(byOption.History!.Epochs[0].TrainingLosses["Size"] < first.History.Epochs[0].TrainingLosses["Size"]);
        foreach (MultiTaskTransformer other in new[] { hard, narrower, first.Members[0] })
        {
            Assert.Contains("another network", Assert.Throws<ArgumentException>(() => trainer.Fit(_data, null, other)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Networks_trained_together_are_a_member_of_an_ensemble()
    {
        JointTrainingTrainer member = Trainer(new JointTrainingOptions { Members = [Hard(), Soft()], SharedLayers = [6], OwnLossWeight = 0.5 });
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble(new EnsembleOptions { Members = [member], NumberOfMembers = 2, Bootstrap = true, FeatureFraction = 0.5, Seed = 2 }).Fit(_data);
        _ml.Model.Save(model, _data.Schema, _folder["model.zip"]);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(_folder["model.zip"], out _);

        Assert.Equal(Bytes(model), Bytes(loaded));
        Assert.Equal([2, 2], loaded.Members.Select(joint => joint.Members.Count));
        Assert.All(loaded.Members.SelectMany(joint => joint.Members), part => Assert.Equal(2, ((NetworkModel)part.Model).FeatureSlots!.Slots.Count));
        Assert.Equal(4, loaded.Members.SelectMany(joint => joint.Members).Select(part => Convert.ToHexString(Bytes(part))).Distinct().Count());
    }

    [Fact]
    public void An_ensemble_takes_a_joint_model_for_one_model_and_not_for_an_ensemble()
    {
        using MultiTaskTransformer first = Trainer(new JointTrainingOptions { Members = [Hard()], NumberOfMembers = 2 }).Fit(_data);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble(Trainer(new JointTrainingOptions { Members = [Hard(initialModel: first)], NumberOfMembers = 2 }), 2).Fit(_data);

        Assert.All(model.Members, member => Assert.True(member.History!.Epochs[0].TrainingLosses["Size"] < first.History!.Epochs[0].TrainingLosses["Size"]));
        Assert.Contains(
            "exactly one ensemble of 2 members",
            Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.Ensemble(Hard(), 2).Fit(_data, null, first)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_of_other_tasks_asks_the_members_for_networks_of_these()
    {
        SoftParameterSharingTrainer soft = Soft(graph: TaskGraph.Pairs(("Color", "Size", 2)));
        JointTrainingTrainer trainer = Trainer(new JointTrainingOptions { Members = [Hard(), soft] });
        using MultiTaskTransformer model = trainer.With(new TrainerVariation { Tasks = TestData.Tasks()[1..3], Seed = 1 }).Fit(_data);

        Assert.Equal(["Big", "Size"], model.Tasks.Select(task => task.Name));
        Assert.NotEmpty(Bytes(model));
    }

    [Fact]
    public void Thresholds_are_tuned_for_what_the_members_say_together()
    {
        PredictionTask[] tasks = [PredictionTask.BinaryClassification("Big", decisionThreshold: DecisionThreshold.MaximizeF1())];
        HardParameterSharingTrainer member = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = tasks, MaximumNumberOfEpochs = 3, ValidationFraction = 0.3f });
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.JointTraining(member, 2).Fit(_data);

        Assert.NotEqual([0.5f], model.GetDecisionThresholds("Big"));
        Assert.All(model.Members, part => Assert.Equal(model.GetDecisionThresholds("Big"), part.GetDecisionThresholds("Big")));
    }

    private JointTrainingTrainer Trainer(JointTrainingOptions options) => _ml.MultiTask.Trainers.JointTraining(options);

    private HardParameterSharingTrainer Hard(
        IReadOnlyList<int>? layers = null, double dropout = 0, int epochs = 2, int batchSize = 16, float validationFraction = 0, ITransformer? initialModel = null) =>
        _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = TestData.Tasks(),
            SharedLayers = layers ?? [8],
            HeadLayers = [],
            MaximumNumberOfEpochs = epochs,
            BatchSize = batchSize,
            LearningRate = 0.01,
            Dropout = dropout,
            ValidationFraction = validationFraction,
            InitialModel = initialModel,
            Seed = 7,
        });

    private SoftParameterSharingTrainer Soft(double dropout = 0, float strength = 1e-3f, TaskGraph? graph = null) =>
        _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
        {
            Tasks = TestData.Tasks(),
            TrunkLayers = [8],
            HeadLayers = [],
            SharingStrength = strength,
            TaskGraph = graph,
            MaximumNumberOfEpochs = 2,
            BatchSize = 16,
            LearningRate = 0.01,
            Dropout = dropout,
            Seed = 7,
        });

    private Prediction[] Predict(MultiTaskTransformer model) => [.. _ml.Data.CreateEnumerable<Prediction>(model.Transform(_data), reuseRowObject: false)];

    private byte[] Bytes(MultiTaskTransformer model) => ScoreBytes.Of(model.Transform(_data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);
}
