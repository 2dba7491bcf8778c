using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>Trunks of every kind in training: trained, saved, loaded, gone on from.</summary>
public sealed class TrunkTrainingTests : IDisposable
{
    private static readonly Dictionary<string, Trunk> _trunks = new()
    {
        ["dense"] = Trunk.Dense(8, 5),
        ["residual"] = Trunk.Residual(8, 2),
        ["image"] = Trunk.Convolutional(2, 2, 1, [4], [6]),
        ["series"] = Trunk.Convolutional(1, 2, 2, [4], [], interleaved: true),
    };

    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;

    public TrunkTrainingTests() => _data = TestData.View(_ml);

    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string trunk in _trunks.Keys)
            {
                foreach (string trainer in TrunkTrainers.All)
                {
                    data.Add(trainer, trunk);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Trainers { get; } = [.. TrunkTrainers.All];

    public static TheoryData<string> Trunks { get; } = [.. _trunks.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void A_model_is_the_same_after_a_file_and_learns_further(string trainer, string trunk)
    {
        MultiTaskTrainer first = Create(trainer, _trunks[trunk]);
        using MultiTaskTransformer model = first.Fit(_data);
        using MultiTaskTransformer again = first.Fit(_data);
        _ml.Model.Save(model, _data.Schema, _folder["model.zip"]);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(_folder["model.zip"], out _);
        using MultiTaskTransformer further = first.Fit(_data, null, loaded);

        Assert.Equal(Bytes(model), Bytes(again));
        Assert.Equal(Bytes(model), Bytes(loaded));
        Assert.Equal(model.History?.ToJson(), loaded.History?.ToJson());
        Assert.Equal(trainer == "ensemble", loaded.History is null);
        Assert.True(Loss(further) < Loss(model), $"{Loss(further)} after {Loss(model)}");
    }

    [Fact]
    public void Models_on_different_trunks_are_different_models()
    {
        string[] scores = [.. _trunks.Values.Select(trunk =>
        {
            using MultiTaskTransformer model = Create("hard", trunk).Fit(_data);
            return Convert.ToHexString(Bytes(model));
        })];

        Assert.Equal(scores.Length, scores.Distinct().Count());
    }

    [Fact]
    public void Dense_layers_are_the_same_whether_given_as_a_trunk_or_as_widths()
    {
        using MultiTaskTransformer asTrunk = Create("hard", Trunk.Dense(8, 5)).Fit(_data);
        using MultiTaskTransformer asWidths = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01, Seed = 7, SharedLayers = [8, 5], HeadLayers = [] }).Fit(_data);

        Assert.Equal(Bytes(asTrunk), Bytes(asWidths));
    }

    [Theory]
    [MemberData(nameof(Trunks))]
    public void Rows_in_batches_and_one_by_one_have_the_same_scores(string trunk)
    {
        using MultiTaskTransformer model = Create("hard", _trunks[trunk]).Fit(_data);
        float[] batched = [.. _ml.Data.CreateEnumerable<Prediction>(model.Transform(_data), false).Select(row => row.SizeScore)];
        using PredictionEngine<Example, Prediction> engine = _ml.Model.CreatePredictionEngine<Example, Prediction>(
            TestData.Keys(_ml).Fit(TestData.Raw(_ml)).Append(model), new PredictionEngineOptions { OwnsTransformer = false });

        Assert.All(TestData.Rows().Zip(batched), pair => Assert.Equal(pair.Second, engine.Predict(pair.First).SizeScore, 1e-3f));
    }

    /// <summary>As ExtractPixels gives them: a vector of three dimensions.</summary>
    [Fact]
    public void Features_may_have_the_dimensions_of_an_image()
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Example));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1, 2, 2);
        IDataView images = TestData.Keys(_ml).Fit(TestData.Raw(_ml)).Transform(_ml.Data.LoadFromEnumerable(TestData.Rows(), schema));
        using MultiTaskTransformer model = Create("hard", _trunks["image"]).Fit(images);
        using MultiTaskTransformer flat = Create("hard", _trunks["image"]).Fit(_data);

        Assert.Equal(Bytes(flat), ScoreBytes.Of(model.Transform(images), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]));
    }

    [Fact]
    public void A_model_of_another_trunk_is_refused_as_initial_model_with_both()
    {
        using MultiTaskTransformer residual = Create("hard", Trunk.Residual(8, 2)).Fit(_data);
        foreach ((Trunk other, string words) in new[]
        {
            (Trunk.Residual(8, 3), "Residual(hiddenWidth 16, numberOfBlocks 3, width 8)"),
            (Trunk.Convolutional(2, 2, 1, [4], [8]), "Convolutional(filters 4, image 2-2-1, kernelSize 3, layers 8)"),
            (Trunk.Dense(8), "sharedLayers 8"),
        })
        {
            string message = Assert.Throws<ArgumentException>(() => Create("hard", other).Fit(_data, null, residual)).Message;
            Assert.Contains("Residual(hiddenWidth 16, numberOfBlocks 2, width 8)", message, StringComparison.Ordinal);
            Assert.Contains(words, message, StringComparison.Ordinal);
        }

        // Of the same tensors, and yet not the same.
        using MultiTaskTransformer planes = Create("hard", Trunk.Convolutional(1, 2, 2, [4], [])).Fit(_data);
        Assert.Contains("interleaved", Assert.Throws<ArgumentException>(() => Create("hard", _trunks["series"]).Fit(_data, null, planes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Features_that_are_no_such_image_are_refused_with_both_numbers(string trainer)
    {
        string message = Assert.Throws<ArgumentException>(() => Create(trainer, Trunk.Convolutional(3, 3)).Fit(_data)).Message;

        Assert.Contains("reads 9 numbers, and there are 4 features", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_answers_to_what_the_lower_layers_are_are_refused_with_both_options()
    {
        void Says(Action action, params string[] words)
        {
            string message = Assert.Throws<ArgumentException>(action).Message;
            Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        }

        PredictionTask[] tasks = TestData.Tasks();
        MultiTaskTrainer member = Create("hard", Trunk.Dense());
        Says(() => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = tasks, Trunk = Trunk.Residual(), SharedLayers = [8] }), "Option Trunk and SharedLayers");
        Says(() => _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions { Tasks = tasks, Trunk = Trunk.Residual(), TrunkLayers = [] }), "Option Trunk and TrunkLayers");
        Says(() => _ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions { Members = [member], SharedTrunk = Trunk.Residual(), SharedLayers = [8] }), "Option SharedTrunk and SharedLayers");
    }

    [Theory]
    [MemberData(nameof(Trunks))]
    public void Soft_sharing_keeps_trunks_of_every_kind_close_also_where_labels_are_missing(string trunk)
    {
        Example[] rows = TestData.Rows(60);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].Size = i % 3 == 0 ? rows[i].Size : float.NaN;
            rows[i].BigNumber = i % 3 == 1 ? rows[i].BigNumber : float.NaN;
        }

        PredictionTask[] tasks = [PredictionTask.Regression("Size"), PredictionTask.Regression("Weight"), PredictionTask.BinaryClassification("BigNumber")];
        double[] distances = [.. ((float[])[0f, 1000f]).Select(strength =>
        {
            using MultiTaskTransformer model = _ml.MultiTask.Trainers.SoftParameterSharing(
                new SoftParameterSharingOptions { Tasks = tasks, Trunk = _trunks[trunk], HeadLayers = [], SharingStrength = strength, MaximumNumberOfEpochs = 20, LearningRate = 0.01, Seed = 4 }).Fit(TestData.Map(_ml, rows));
            return model.History!.Epochs[^1].ParameterDistance!.Value;
        })];

        Assert.True(distances[1] < 0.01 * distances[0], string.Join(", ", distances));
    }

    /// <summary>A shared trunk below the heads of one member is that member on this trunk.</summary>
    [Theory]
    [MemberData(nameof(Trunks))]
    public void A_shared_trunk_below_one_member_is_a_trunk(string trunk)
    {
        using MultiTaskTransformer alone = Create("hard", _trunks[trunk]).Fit(_data);
        using MultiTaskTransformer joint = _ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions { Members = [Create("hard", Trunk.Dense())], NumberOfMembers = 1, SharedTrunk = _trunks[trunk] }).Fit(_data);

        Assert.Equal(Bytes(alone), Bytes(joint));
    }

    [Theory]
    [InlineData("residual", "\"width\"", "\"with\"", "'width'")]
    [InlineData("residual", "\"Residual\"", "\"Circular\"", "'Circular' is unknown")]
    [InlineData("residual", "\"numberOfBlocks\",\n          \"values\": [\n            2", "\"numberOfBlocks\",\n          \"values\": [\n            2000000000", "do not belong together")]
    [InlineData("residual", "\"width\",\n          \"values\": [\n            8", "\"width\",\n          \"values\": [\n            2147483647", "do not belong together")]
    [InlineData("image", "\"filters\",\n          \"values\": [\n            4", "\"filters\",\n          \"values\": [\n            0", "'network.trunk.sizes[1].values'")]
    [InlineData("image", "\"filters\",\n          \"values\": [\n            4", "\"filters\",\n          \"values\": [\n            2147483647", "do not belong together")]
    [InlineData("image", "\"kernelSize\",\n          \"values\": [\n            3", "\"kernelSize\",\n          \"values\": [\n            2", "odd kernel size")]
    [InlineData("image", "\"layers\",\n          \"values\": [\n            6", "\"layers\",\n          \"values\": [\n            2147483647, 2147483647, 2147483647", "too large")]
    [InlineData("image", "\"featureCount\": 4", "\"featureCount\": 5", "reads 4 numbers, and there are 5")]
    public void A_manifest_that_lies_is_refused_before_the_network_is_built(string trunk, string from, string to, string words)
    {
        using MultiTaskTransformer model = Create("hard", _trunks[trunk]).Fit(_data);
        var entries = new ModelEntries();
        model.Model.Save(entries, "");
        string manifest = Encoding.UTF8.GetString(entries.Get(ModelManifest.EntryName)).ReplaceLineEndings("\n");
        Assert.Contains(from, manifest, StringComparison.Ordinal);
        var changed = new ModelEntries();
        foreach ((string name, byte[] content) in entries.All)
        {
            changed.Add(name, name == ModelManifest.EntryName ? Encoding.UTF8.GetBytes(manifest.Replace(from, to, StringComparison.Ordinal)) : content);
        }

        Assert.Contains(words, Assert.Throws<FormatException>(() => ModelManifest.Read(changed, "").Dispose()).Message, StringComparison.Ordinal);
    }

    private static double Loss(MultiTaskTransformer model) => model.Members.Count > 0 && model.History is null
        ? model.Members.Average(Loss)
        : model.History!.Epochs[^1].TrainingLosses["Size"];

    private MultiTaskTrainer Create(string trainer, Trunk trunk) => TrunkTrainers.Create(_ml, trainer, trunk);

    private byte[] Bytes(MultiTaskTransformer model) => ScoreBytes.Of(model.Transform(_data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);
}
