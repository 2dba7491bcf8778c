using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Models;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Networks whose predictions are combined.</summary>
public sealed class EnsembleTrainerTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;

    public EnsembleTrainerTests() => _data = TestData.View(_ml);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_ensemble_says_the_mean_of_what_its_members_say()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble(Member(), 3).Fit(_data);
        float[][] members = [.. model.Members.Select(member => Scores(member, "Color.Score"))];
        float[] ensemble = Scores(model, "Color.Score");

        // Colors, yes, number and tags are 8 scores, once of each member and once combined: reading ahead is bounded by all of them.
        // So it is by what the layers of one member take, since they are asked one after the other.
        Assert.Equal((sizeof(float) * (TestData.FeatureCount + (8 * (3 + 1)))) + model.Model.Members[0].WorkBytesPerRow, model.Model.Bind(_data.Schema).BytesPerRow);
        Assert.Equal(3, model.Members.Count);
        Assert.Equal(3, members.Select(scores => string.Join(' ', scores)).Distinct().Count());
        Assert.All(ensemble.Index(), score => Assert.Equal(members.Average(member => member[score.Index]), score.Item, 1e-5f));
        Assert.All(model.Members, member => Assert.Equal(2, member.History!.Epochs.Count));
        Assert.Null(model.History);
    }

    [Fact]
    public void Different_trainers_are_members_as_they_are()
    {
        HardParameterSharingTrainer small = Member(layers: [4]);
        HardParameterSharingTrainer large = Member(layers: [16, 8]);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble([small, large], EnsembleCombiner.Median).Fit(_data);
        using MultiTaskTransformer alone = large.Fit(_data);

        Assert.Equal(Bytes(alone), Bytes(model.Members[1]));
        Assert.NotEqual(Bytes(model.Members[0]), Bytes(model.Members[1]));
    }

    /// <summary>An ensemble of different trainers, too, is what it would be alone.</summary>
    [Fact]
    public void Different_trainers_inside_different_trainers_keep_their_seeds()
    {
        EnsembleTrainer inner = _ml.MultiTask.Trainers.Ensemble([Member(layers: [4]), Member(layers: [6])]);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble([Member(), inner]).Fit(_data);
        using MultiTaskTransformer alone = inner.Fit(_data);

        Assert.Equal(Bytes(alone), Bytes(model.Members[1]));
    }

    [Fact]
    public void Members_in_parallel_are_the_same_as_one_after_the_other()
    {
        byte[] Train(int parallel)
        {
            using MultiTaskTransformer model = Trainer(new EnsembleOptions { Members = [Member()], NumberOfMembers = 4, Seed = 3, Bootstrap = true, FeatureFraction = 0.5, MaximumNumberOfParallelMembers = parallel }).Fit(_data);
            return Bytes(model);
        }

        Assert.Equal(Train(1), Train(3));
    }

    [Fact]
    public void Options_of_rows_features_and_seed_change_the_model_and_survive_a_file()
    {
        EnsembleOptions plain = new() { Members = [Member()], NumberOfMembers = 3, Seed = 3 };
        EnsembleOptions[] all =
        [
            plain,
            new() { Members = plain.Members, NumberOfMembers = 3, Seed = 4 },
            new() { Members = plain.Members, NumberOfMembers = 3, Seed = 3, Bootstrap = true },
            new() { Members = plain.Members, NumberOfMembers = 3, Seed = 3, FeatureFraction = 0.5 },
            new() { Members = plain.Members, NumberOfMembers = 3, Seed = 3, TaskCombiners = new Dictionary<string, EnsembleCombiner> { ["Color"] = EnsembleCombiner.Vote } },
        ];
        byte[][] scores = [.. all.Select(options =>
        {
            using MultiTaskTransformer model = Trainer(options).Fit(_data);
            _ml.MultiTask.SaveAtomically(model, _data.Schema, _folder["model.zip"]);
            using var loaded = (MultiTaskTransformer)_ml.MultiTask.Load(_folder["model.zip"], out _);
            Assert.Equal(Bytes(model), Bytes(loaded));
            Assert.Equal(3, loaded.Members.Count);
            return Bytes(model);
        })];

        Assert.Equal(all.Length, scores.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void Each_member_sees_its_own_share_of_the_features()
    {
        using MultiTaskTransformer model = Trainer(new EnsembleOptions { Members = [Member()], NumberOfMembers = 6, Seed = 1, FeatureFraction = 0.5 }).Fit(_data);
        IReadOnlyList<int>[] slots = [.. model.Model.Members.Select(member => ((NetworkModel)member).FeatureSlots!.Slots)];

        Assert.All(slots, own => Assert.Equal(2, own.Count));
        Assert.True(slots.Select(own => string.Join(' ', own)).Distinct().Count() > 1);
    }

    [Fact]
    public void An_ensemble_of_ensembles_is_a_model_too()
    {
        EnsembleTrainer inner = _ml.MultiTask.Trainers.Ensemble(Member(), 2);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble(inner, 2, EnsembleCombiner.Median).Fit(_data);
        _ml.Model.Save(model, _data.Schema, _folder["model.zip"]);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(_folder["model.zip"], out _);

        Assert.Equal(Bytes(model), Bytes(loaded));
        Assert.Equal([2, 2], loaded.Members.Select(member => member.Members.Count));
        Assert.Equal(4, loaded.Members.SelectMany(member => member.Members).Select(member => Convert.ToHexString(Bytes(member))).Distinct().Count());
    }

    [Fact]
    public void Progress_tells_the_member()
    {
        var members = new List<(int, int, int)>();
        var report = new Report(progress => members.Add((progress.Member, progress.NumberOfMembers, progress.Epoch)));
        using MultiTaskTransformer model = Trainer(new EnsembleOptions { Members = [Member()], NumberOfMembers = 2, Progress = report }).Fit(_data);

        Assert.Equal([(1, 2, 1), (1, 2, 2), (2, 2, 1), (2, 2, 2)], members);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public void A_run_that_was_cut_off_goes_on_after_its_last_finished_member(int member, int epoch)
    {
        EnsembleOptions Options(IProgress<TrainingProgress>? progress = null, CancellationToken token = default) => new()
        {
            Members = [Member()],
            NumberOfMembers = 3,
            Seed = 5,
            Bootstrap = true,
            Progress = progress,
            CancellationToken = token,
            Checkpointing = new Checkpointing(_folder["run"]),
        };
        using MultiTaskTransformer whole = Trainer(Options()).Fit(_data);
        using var cancellation = new CancellationTokenSource();
        var cutting = new Report(progress =>
        {
            if ((progress.Member, progress.Epoch) == (member, epoch))
            {
                cancellation.Cancel();
            }
        });
        OperationCanceledException e = Assert.Throws<OperationCanceledException>(() => Trainer(Options(cutting, cancellation.Token)).Fit(_data));
        Assert.Equal(cancellation.Token, e.CancellationToken);

        // After its last epoch a member has finished, and the next one begins.
        var reported = new List<int>();
        using MultiTaskTransformer resumed = Trainer(Options(new Report(progress => reported.Add(progress.Member)))).Fit(_data);

        Assert.Equal(Bytes(whole), Bytes(resumed));
        Assert.Equal((epoch < 2 ? member : member + 1, 3), (reported[0], reported[^1]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public void An_ensemble_of_ensembles_goes_on_after_its_last_finished_member_too()
    {
        EnsembleTrainer Nested(Action<TrainingProgress> then, CancellationToken token = default) => Trainer(new EnsembleOptions
        {
            Members = [Trainer(new EnsembleOptions { Members = [Member()], NumberOfMembers = 2, Seed = 5 })],
            NumberOfMembers = 2,
            Progress = new Report(then),
            CancellationToken = token,
            Checkpointing = new Checkpointing(_folder["run"]),
        });
        using MultiTaskTransformer whole = Nested(_ => { }).Fit(_data);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run"]));
        using var cancellation = new CancellationTokenSource();
        void CutOff(TrainingProgress progress)
        {
            if (progress.Member == 2)
            {
                cancellation.Cancel();
            }
        }

        Assert.Throws<OperationCanceledException>(() => Nested(CutOff, cancellation.Token).Fit(_data));
        var reported = new List<int>();
        using MultiTaskTransformer resumed = Nested(progress => reported.Add(progress.Member)).Fit(_data);

        Assert.Equal(Bytes(whole), Bytes(resumed));
        Assert.Equal(2, reported[0]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public void Where_the_best_is_wanted_cancelling_gives_the_members_that_are_there()
    {
        using var cancellation = new CancellationTokenSource();
        var report = new Report(progress =>
        {
            if (progress.Member == 2)
            {
                cancellation.Cancel();
            }
        });
        var member = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = TestData.Tasks(),
            MaximumNumberOfEpochs = 5,
            OnCancellation = OnCancellation.ReturnBest,
            CancellationToken = cancellation.Token,
            Progress = report,
        });
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble(member, 4).Fit(_data);

        Assert.Equal([TrainingEnd.MaximumNumberOfEpochs, TrainingEnd.Cancellation], model.Members.Select(part => part.History!.End));
    }

    [Fact]
    public void An_ensemble_goes_on_from_an_ensemble_and_from_nothing_else()
    {
        using MultiTaskTransformer first = _ml.MultiTask.Trainers.Ensemble(Member(), 2).Fit(_data);
        EnsembleTrainer trainer = _ml.MultiTask.Trainers.Ensemble(Member(), 2);
        using MultiTaskTransformer fresh = trainer.Fit(_data);
        using MultiTaskTransformer further = trainer.Fit(_data, null, first);

        Assert.NotEqual(Bytes(fresh), Bytes(further));
        Assert.Contains("exactly one ensemble of 2 members", Assert.Throws<ArgumentException>(() => trainer.Fit(_data, null, first.Members[0])).Message, StringComparison.Ordinal);
        Assert.Contains("exactly one ensemble of 3 members", Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.Ensemble(Member(), 3).Fit(_data, null, first)).Message, StringComparison.Ordinal);
        Assert.Contains("several networks", Assert.Throws<ArgumentException>(() => Member().Fit(_data, null, first)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_that_members_tuned_are_averaged_and_votes_are_decided_at_one_half()
    {
        PredictionTask[] tasks = [PredictionTask.BinaryClassification("Big", decisionThreshold: DecisionThreshold.MaximizeF1())];
        HardParameterSharingTrainer member = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = tasks, MaximumNumberOfEpochs = 3, ValidationFraction = 0.3f });
        using MultiTaskTransformer mean = _ml.MultiTask.Trainers.Ensemble(member, 3).Fit(_data);
        using MultiTaskTransformer vote = _ml.MultiTask.Trainers.Ensemble(member, 3, EnsembleCombiner.Vote).Fit(_data);

        Assert.Equal(mean.Members.Average(part => part.GetDecisionThresholds("Big")[0]), mean.GetDecisionThresholds("Big")[0], 1e-6f);
        Assert.Equal([0.5f], vote.GetDecisionThresholds("Big"));
    }

    [Fact]
    public void A_member_that_fails_ends_the_others_with_its_own_reason()
    {
        HardParameterSharingTrainer diverges = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), LearningRate = 1e30, Optimizer = Optimizer.Sgd() });
        EnsembleTrainer trainer = Trainer(new EnsembleOptions { Members = [Member(), diverges], MaximumNumberOfParallelMembers = 2 });

        Assert.Contains("finite", Assert.Throws<InvalidOperationException>(() => trainer.Fit(_data)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "none", ["Option Members", "is empty"] },
        { "vote", ["Option Combiner", "'Size'", "TaskCombiners"] },
        { "task vote", ["Option TaskCombiners", "'Size'"] },
        { "unknown", ["Option TaskCombiners", "'Shape'", "'Color'"] },
        { "tasks", ["Option Members", "trainers 2 and 1", "other tasks"] },
        { "features", ["Option Members", "'Size'", "'Features'"] },
        { "twice", ["Option Members", "same trainer twice"] },
        { "count", ["Option NumberOfMembers", "is 0"] },
        { "counts", ["Option NumberOfMembers", "is 3", "2 trainers"] },
        { "fraction", ["Option FeatureFraction", "is 0"] },
        { "parallel", ["Option MaximumNumberOfParallelMembers", "is 0"] },
        { "checkpoints", ["Option Checkpointing", "NumberOfEpochs 0"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_are_explained(string mistake, string[] words)
    {
        HardParameterSharingTrainer Other(IReadOnlyList<PredictionTask> tasks, string features = "Features") =>
            _ml.MultiTask.Trainers.HardParameterSharing(tasks, features);
        PredictionTask[] tasks = TestData.Tasks();
        HardParameterSharingTrainer member = Member();
        EnsembleOptions options = mistake switch
        {
            "none" => new(),
            "vote" => new() { Members = [member], Combiner = EnsembleCombiner.Vote },
            "task vote" => new() { Members = [member], TaskCombiners = new Dictionary<string, EnsembleCombiner> { ["Size"] = EnsembleCombiner.Vote } },
            "unknown" => new() { Members = [member], TaskCombiners = new Dictionary<string, EnsembleCombiner> { ["Shape"] = EnsembleCombiner.Mean } },
            "tasks" => new() { Members = [member, Other(tasks[..2])] },
            "features" => new() { Members = [Other([PredictionTask.Regression("Weight")]), Other([PredictionTask.Regression("Weight")], "Size")] },
            "twice" => new() { Members = [member, member] },
            "count" => new() { Members = [member], NumberOfMembers = 0 },
            "counts" => new() { Members = [member, Member()], NumberOfMembers = 3 },
            "checkpoints" => new() { Members = [member], Checkpointing = new Checkpointing("run") { NumberOfEpochs = 0 } },
            "fraction" => new() { Members = [member], FeatureFraction = 0 },
            _ => new() { Members = [member], MaximumNumberOfParallelMembers = 0 },
        };
        string message = Assert.Throws<ArgumentException>(() => Trainer(options)).Message;

        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    private EnsembleTrainer Trainer(EnsembleOptions options) => _ml.MultiTask.Trainers.Ensemble(options);

    private HardParameterSharingTrainer Member(IReadOnlyList<int>? layers = null) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = TestData.Tasks(),
        SharedLayers = layers ?? [8],
        HeadLayers = [],
        MaximumNumberOfEpochs = 2,
        LearningRate = 0.01,
    });

    private byte[] Bytes(MultiTaskTransformer model) => ScoreBytes.Of(model.Transform(_data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);

    private float[] Scores(MultiTaskTransformer model, string column)
    {
        IDataView scored = model.Transform(_data);
        return [.. scored.GetColumn<float[]>(scored.Schema[column]).SelectMany(row => row)];
    }
}
