using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Tests.Tasks;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Networks that learn from one another.</summary>
public sealed class MutualLearningTrainerTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;
    private readonly IDataView _validation;

    public MutualLearningTrainerTests()
    {
        _data = TestData.View(_ml);
        _validation = TestData.View(_ml, 40, seed: 5);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Peers_of_weight_0_are_networks_that_are_trained_by_themselves()
    {
        HardParameterSharingTrainer small = Member([4]);
        HardParameterSharingTrainer large = Member([16, 8], dropout: 0.2f);
        using MultiTaskTransformer together = Train(new() { Members = [small, large], PeerWeight = 0, Result = MutualLearningResult.Ensemble, Convergence = null });
        using MultiTaskTransformer alone = small.Fit(_data);
        using MultiTaskTransformer other = large.Fit(_data);

        Assert.Equal(Bytes(alone), Bytes(together.Members[0]));
        Assert.Equal(Bytes(other), Bytes(together.Members[1]));
    }

    [Fact]
    public void Peers_bring_networks_together_in_every_task()
    {
        string[] columns = ["Color.Score", "Size.Score", "Tags.Score"];
        int[] seeds = [1, 2, 3];
        Assert.All(columns, column =>
        {
            (double with, double without) = (seeds.Average(seed => Distance(column, 1, seed)), seeds.Average(seed => Distance(column, 0, seed)));
            Assert.True(with < 0.8 * without, $"{column}: {with} and {without}");
        });

        double Distance(string column, double weight, int seed)
        {
            using MultiTaskTransformer model = Train(new() { Members = [Member(epochs: 20)], PeerWeight = weight, Seed = seed, Result = MutualLearningResult.Ensemble, Convergence = null });
            return Vectors(model.Members[0], column).Zip(Vectors(model.Members[1], column)).Average(pair => Math.Abs(pair.First - pair.Second));
        }
    }

    [Fact]
    public void Agreement_is_that_of_the_predictions_on_the_validation_data()
    {
        using MultiTaskTransformer model = Train(new() { Members = [Member()], NumberOfMembers = 3, Result = MutualLearningResult.Ensemble }, _validation);
        IReadOnlyDictionary<string, double> agreement = model.History!.Epochs[^1].Agreement!;
        uint[][] colors = [.. model.Members.Select(member => Column<uint>(member, "Color.PredictedLabel"))];
        bool[][] big = [.. model.Members.Select(member => Column<float>(member, "Big.Score").Select(score => score > 0).ToArray())];
        float[][] sizes = [.. model.Members.Select(member => Column<float>(member, "Size.Score"))];

        Assert.Equal(OverPairs((i, j) => Same(colors[i], colors[j])), agreement["Color"], 1e-9);
        Assert.Equal(OverPairs((i, j) => Same(big[i], big[j])), agreement["Big"], 1e-9);
        Assert.Equal(OverPairs((i, j) => PlainAgreement.GetConcordance(sizes[i], sizes[j])), agreement["Size"], 1e-4);
        Assert.InRange(agreement["Tags"], 0.01, 1);
        Assert.All(model.Members, member => Assert.Equal(agreement, member.History!.Epochs[^1].Agreement!));

        static double OverPairs(Func<int, int, double> of) => (of(0, 1) + of(0, 2) + of(1, 2)) / 3;
        static double Same<T>(T[] a, T[] b) => a.Zip(b).Average(pair => Equals(pair.First, pair.Second) ? 1.0 : 0);
    }

    [Fact]
    public void The_best_member_is_the_one_of_the_smallest_loss_on_the_validation_data_and_its_history_tells_of_all()
    {
        using MultiTaskTransformer best = Train(new() { Members = [Member()], NumberOfMembers = 3 }, _validation);
        using MultiTaskTransformer all = Train(new() { Members = [Member()], NumberOfMembers = 3, Result = MutualLearningResult.Ensemble }, _validation);
        TrainingEpoch last = best.History!.Epochs[^1];
        IReadOnlyDictionary<string, double> first = all.History!.Epochs[0].ValidationLosses!;
        double Relative(TrainingEpoch epoch) => epoch.ValidationLosses!.Average(loss => loss.Value / first[loss.Key]);
        int index = Enumerable.Range(0, 3).MinBy(i => Relative(last.Members[i]));

        Assert.Empty(best.Members);
        Assert.Equal(Bytes(all.Members[index]), Bytes(best));
        Assert.Equal(last.Members[index].ValidationLosses!, last.ValidationLosses!);
        Assert.All(TestData.Tasks(), task => Assert.Equal(last.Members.Average(member => member.ValidationLosses![task.Name]), all.History.Epochs[^1].ValidationLosses![task.Name], 1e-12));
    }

    [Fact]
    public void Validation_data_do_not_change_the_networks()
    {
        MutualLearningOptions options = new() { Members = [Member()], Result = MutualLearningResult.Ensemble, Convergence = null, Seed = 4 };
        using MultiTaskTransformer with = Train(options, _validation);
        using MultiTaskTransformer without = Train(options);

        Assert.Equal(Bytes(without), Bytes(with));
    }

    [Theory]
    [InlineData(1000.0, 2, 3)]
    [InlineData(1000.0, 4, 5)]
    [InlineData(1e-12, 2, 7)]
    public void Training_ends_when_nothing_has_moved_for_some_epochs(double minimumDelta, int patience, int epochs)
    {
        using MultiTaskTransformer model = Train(new() { Members = [Member(epochs: 7)], Convergence = new Convergence { MinimumDelta = minimumDelta, Patience = patience } }, _validation);

        Assert.Equal(epochs, model.History!.Epochs.Count);
        Assert.Equal(epochs < 7 ? TrainingEnd.Convergence : TrainingEnd.MaximumNumberOfEpochs, model.History.End);
    }

    [Fact]
    public void Loss_and_agreement_must_both_stand_still()
    {
        var rule = new Convergence { Patience = 2, MinimumDelta = 0.01 };

        Assert.True(rule.IsReached([Epoch(9, 0), Epoch(1, 0.5), Epoch(1.005, 0.505), Epoch(1, 0.5)]));
        Assert.False(rule.IsReached([Epoch(1, 0.5), Epoch(1, 0.5)]));
        Assert.False(rule.IsReached([Epoch(1, 0.5), Epoch(1, 0.5), Epoch(1.02, 0.5)]));
        Assert.False(rule.IsReached([Epoch(1, 0.5), Epoch(1, 0.5), Epoch(1, 0.52)]));
        Assert.False(rule.IsReached([Epoch(1, 0.5), Epoch(1.02, 0.5), Epoch(1.02, 0.5)]));
        Assert.True(rule.IsReached([Epoch(double.NaN, 0.5), Epoch(double.NaN, 0.5), Epoch(double.NaN, 0.5)]));

        static TrainingEpoch Epoch(double loss, double agreement)
        {
            Dictionary<string, double> By(double value) => new() { ["A"] = value };
            return new TrainingEpoch
            {
                Number = 1,
                TrainingLosses = By(77 + loss),
                TrainingMetrics = By(0),
                ValidationLosses = By(loss),
                ValidationMetrics = By(0),
                TaskWeights = By(1),
                LearningRate = 1,
                Agreement = By(agreement),
                Duration = TimeSpan.Zero,
            };
        }
    }

    [Fact]
    public void An_ensemble_of_them_is_saved_with_the_history_of_all()
    {
        using MultiTaskTransformer model = Train(new() { Members = [Member()], NumberOfMembers = 3, Result = MutualLearningResult.Ensemble, Combiner = EnsembleCombiner.Median }, _validation);
        string path = _folder["model.zip"];
        _ml.Model.Save(model, _data.Schema, path);
        using var loaded = (MultiTaskTransformer)new MLContext(7).Model.Load(path, out _);

        Assert.Equal(Bytes(model), Bytes(loaded));
        Assert.Equal(3, loaded.History!.Epochs[0].Members.Count);
        Assert.Equal(model.History!.ToJson(), loaded.History.ToJson());
        Assert.Equal(model.History.ToCsv(), loaded.History.ToCsv());
    }

    [Fact]
    public void Training_goes_on_from_the_ensemble_of_as_many_or_from_one_network()
    {
        MutualLearningOptions options = new() { Members = [Member([4]), Member([8])], Result = MutualLearningResult.Ensemble };
        MutualLearningOptions still = new() { Members = [Member([4], rate: 1e-12), Member([8], rate: 1e-12)], Result = MutualLearningResult.Ensemble };
        using MultiTaskTransformer first = Train(options);
        using MultiTaskTransformer from = _ml.MultiTask.Trainers.MutualLearning(still).Fit(_data, null, first);
        using MultiTaskTransformer one = _ml.MultiTask.Trainers.MutualLearning(still).Fit(_data, null, first.Members[1]);

        Assert.All(Scores(first, "Size.Score").Zip(Scores(from, "Size.Score")), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.All(Scores(first.Members[1], "Size.Score").Zip(Scores(one.Members[1], "Size.Score")), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Contains("ensemble of 3 members", Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.MutualLearning(Member([4]), 3).Fit(_data, null, first)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_of_other_features_or_scales_can_not_go_on_together()
    {
        EnsembleOptions copies = new() { Members = [Member()], NumberOfMembers = 2, Seed = 1 };
        using MultiTaskTransformer features = _ml.MultiTask.Trainers.Ensemble(new EnsembleOptions { Members = copies.Members, NumberOfMembers = 2, Seed = 1, FeatureFraction = 0.5 }).Fit(_data);
        using MultiTaskTransformer scales = _ml.MultiTask.Trainers.Ensemble(Other(TestData.Tasks(), validation: 0.25f), 2).Fit(_data);
        using MultiTaskTransformer same = _ml.MultiTask.Trainers.Ensemble(copies).Fit(_data);

        Assert.Contains("networks 2 and 1 see other features", Refuse(Member(), features), StringComparison.Ordinal);
        Assert.Contains("networks 2 and 1 have the labels of task 'Size' on other scales", Refuse(Other(TestData.Tasks()), scales), StringComparison.Ordinal);
        _ml.MultiTask.Trainers.MutualLearning(Member()).Fit(_data, null, same).Dispose();

        string Refuse(HardParameterSharingTrainer member, MultiTaskTransformer initial) =>
            Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.MutualLearning(member).Fit(_data, null, initial)).Message;
    }

    [Fact]
    public void Twins_are_refused_since_they_would_never_differ()
    {
        string message = Assert.Throws<ArgumentException>(() => Train(new() { Members = [Member([4]), Member([8]), Member([4])] })).Message;

        Assert.Contains("Networks 3 and 1", message, StringComparison.Ordinal);
        Assert.Contains("same Seed", message, StringComparison.Ordinal);
    }

    [Fact]
    public void They_may_be_members_of_an_ensemble()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble(_ml.MultiTask.Trainers.MutualLearning(Member())).Fit(_data);

        Assert.Equal(5, model.Members.Count);
        Assert.Equal(5, model.Members.Select(member => string.Join(' ', Scores(member, "Size.Score"))).Distinct().Count());
    }

    [Fact]
    public void A_task_is_learned_from_peers_where_a_row_has_no_label_for_it()
    {
        Example[] rows = TestData.Rows(60);
        foreach (Example row in rows.Skip(6))
        {
            row.Size = float.NaN;
        }

        IDataView few = TestData.Map(_ml, rows);
        using MultiTaskTransformer together = _ml.MultiTask.Trainers.MutualLearning(Options(10)).Fit(few);
        using MultiTaskTransformer apart = _ml.MultiTask.Trainers.MutualLearning(Options(0)).Fit(few);

        Assert.True(Distance(together) < 0.7 * Distance(apart), $"{Distance(together)} and {Distance(apart)}");

        MutualLearningOptions Options(double weight) => new() { Members = [Member(epochs: 30)], PeerWeight = weight, Result = MutualLearningResult.Ensemble, Convergence = null, Seed = 3 };
        double Distance(MultiTaskTransformer model) => Scores(model.Members[0], "Size.Score").Skip(6).Zip(Scores(model.Members[1], "Size.Score").Skip(6)).Average(pair => Math.Abs(pair.First - pair.Second));
    }

    [Fact]
    public void The_network_that_diverges_is_named()
    {
        string message = Assert.Throws<InvalidOperationException>(() => Train(new() { Members = [Member([4], epochs: 20), Member([8], epochs: 20, rate: 1e30)] })).Message;

        Assert.Contains("of network 2", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "Members", "empty")]
    [InlineData("one", "NumberOfMembers", "from 2 to 1000")]
    [InlineData("twice", "Members", "same trainer twice")]
    [InlineData("ensemble", "Members", "EnsembleTrainer", "HardParameterSharing")]
    [InlineData("batch", "Members", "different values of BatchSize: 8 and")]
    [InlineData("validation", "Members", "different values of ValidationFraction: 0.25 and 0.")]
    [InlineData("tasks", "Members", "trainer 2 and trainer 1")]
    [InlineData("weight", "PeerWeight", "-1")]
    [InlineData("result", "Result", "17")]
    [InlineData("vote", "Combiner", "Size")]
    [InlineData("patience", "Convergence", "Patience 0")]
    [InlineData("delta", "Convergence", "MinimumDelta NaN")]
    public void Mistakes_are_explained(string mistake, params string[] words)
    {
        HardParameterSharingTrainer member = Member();
        MutualLearningOptions options = mistake switch
        {
            "none" => new(),
            "one" => new() { Members = [member], NumberOfMembers = 1 },
            "twice" => new() { Members = [member, member] },
            "ensemble" => new() { Members = [member, _ml.MultiTask.Trainers.Ensemble(Member())] },
            "batch" => new() { Members = [member, Other(TestData.Tasks(), batchSize: 8)] },
            "validation" => new() { Members = [member, Other(TestData.Tasks(), validation: 0.25f)] },
            "tasks" => new() { Members = [member, Other(TestData.Tasks()[..2])] },
            "weight" => new() { Members = [member], PeerWeight = -1 },
            "result" => new() { Members = [member], Result = (MutualLearningResult)17 },
            "vote" => new() { Members = [member], Result = MutualLearningResult.Ensemble, Combiner = EnsembleCombiner.Vote },
            "patience" => new() { Members = [member], Convergence = new Convergence { Patience = 0 } },
            _ => new() { Members = [member], Convergence = new Convergence { MinimumDelta = double.NaN } },
        };
        string message = Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.MutualLearning(options)).Message;

        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    private MultiTaskTransformer Train(MutualLearningOptions options, IDataView? validation = null) => _ml.MultiTask.Trainers.MutualLearning(options).Fit(_data, validation);

    /// <summary>All with one seed, so that trainers of other layers see the rows in the same order.</summary>
    private HardParameterSharingTrainer Member(IReadOnlyList<int>? layers = null, int epochs = 2, double rate = 0.01, float dropout = 0) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = TestData.Tasks(),
        SharedLayers = layers ?? [8],
        HeadLayers = [],
        MaximumNumberOfEpochs = epochs,
        LearningRate = rate,
        Dropout = dropout,
        Seed = 6,
    });

    private HardParameterSharingTrainer Other(PredictionTask[] tasks, int batchSize = 32, float validation = 0) =>
        _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = tasks, BatchSize = batchSize, ValidationFraction = validation, MaximumNumberOfEpochs = 2 });

    private byte[] Bytes(MultiTaskTransformer model) => ScoreBytes.Of(model.Transform(_data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);

    private float[] Scores(MultiTaskTransformer model, string column) => [.. model.Transform(_data).GetColumn<float>(column)];

    private float[] Vectors(MultiTaskTransformer model, string column) =>
        column == "Size.Score" ? Scores(model, column) : [.. model.Transform(_data).GetColumn<float[]>(column).SelectMany(row => row)];

    private T[] Column<T>(MultiTaskTransformer model, string column) => [.. model.Transform(_validation).GetColumn<T>(column)];
}
