using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Models;

/// <summary>What a model says of itself.</summary>
public sealed class ModelSummaryTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;

    public ModelSummaryTests() => _data = TestData.View(_ml);

    public void Dispose() => _folder.Dispose();

    /// <summary>Every trainer's model, and its members: those of an ensemble, and views of networks that were trained together.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void It_adds_up_and_its_size_is_that_of_the_file(string trainer)
    {
        using MultiTaskTransformer model = TrainerCases.Create(trainer, _ml).Fit(_data);
        foreach (MultiTaskTransformer part in model.Members.Prepend(model))
        {
            ModelSummary summary = part.Summary();

            Assert.Equal(summary.NumberOfParameters, summary.Layers.Sum(layer => layer.NumberOfParameters));
            Assert.Equal(summary.NumberOfParameters, summary.NumberOfSharedParameters + summary.NumberOfParametersByTask.Values.Sum());
            Assert.Equal(summary.NumberOfParameters, CountWeights(part.Model));
            Assert.Equal(part.Tasks.Select(task => task.Name), summary.NumberOfParametersByTask.Keys);
            Assert.All(summary.NumberOfParametersByTask, task => Assert.Equal(task.Value, summary.Layers.Where(layer => layer.Task == task.Key).Sum(layer => layer.NumberOfParameters)));
            Assert.Equal(summary.MultiplyAddsPerRow, summary.Layers.Aggregate((long?)0, (sum, layer) => sum + layer.MultiplyAddsPerRow));
            Assert.Equal(Save(part), summary.SizeInBytes);
        }

        _ml.Model.Save(model, null, _folder["model.zip"]);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(_folder["model.zip"], out _);
        Assert.Equal(model.Summary().ToString(), loaded.Summary().ToString());
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(model.Summary);
        Assert.All(model.Members, member => Assert.Throws<ObjectDisposedException>(member.Summary));
    }

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    public void As_text_it_is_the_same_table_in_every_culture(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            using MultiTaskTransformer model = Hard(Trunk.Convolutional(2, 2, 1, [16], [64])).Fit(_data);
            ModelSummary summary = model.Summary();
            string[] expected =
            [
                "Layer                Kind         Input      Output      Parameters  Multiply-adds  Task",
                "shared/convolution0  Convolution  1 x 2 x 2  16 x 1 x 1         160            576  (shared)",
                "shared/dense/0       Dense        16         64               1,088          1,024  (shared)",
                "head0/0              Dense        64         3                  195            192  Color",
                "head1/0              Dense        64         1                   65             64  Big",
                "head2/0              Dense        64         1                   65             64  Size",
                "head3/0              Dense        64         3                  195            192  Tags",
                "",
                "Parameters: 1,768, of which 1,248 shared, 195 Color, 65 Big, 65 Size, 195 Tags",
                string.Create(CultureInfo.InvariantCulture, $"Size in a file: {Save(model):N0} bytes"),
                "Multiply-adds per row: 2,112",
            ];

            Assert.Equal(expected, summary.ToString().Split(Environment.NewLine));
            Assert.Equal("shared/dense/0: Dense, 16 to 64, 1,088 parameters", summary.Layers[1].ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void An_ensemble_is_the_sum_of_its_members_and_each_costs_what_it_sees()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Ensemble(new EnsembleOptions { Members = [Hard(Trunk.Dense(6))], NumberOfMembers = 3, FeatureFraction = 0.5 }).Fit(_data);
        ModelSummary summary = model.Summary();

        Assert.Equal(3, summary.Members.Count);
        Assert.Equal(summary.NumberOfParameters, summary.Members.Sum(member => member.NumberOfParameters));
        Assert.Equal(summary.NumberOfSharedParameters, summary.Members.Sum(member => member.NumberOfSharedParameters));
        Assert.Equal(summary.MultiplyAddsPerRow, summary.Members.Sum(member => member.MultiplyAddsPerRow));
        Assert.Equal(summary.Layers.Select(layer => layer.Name), summary.Members.SelectMany((member, i) => member.Layers.Select(layer => $"member{i}/{layer.Name}")));

        // Each sees two of four features; the heads have 3 + 1 + 1 + 3 outputs.
        Assert.All(summary.Members, member => Assert.Equal([2], member.Layers[0].InputShape));
        Assert.All(summary.Members, member => Assert.Equal((2 * 6) + (6 * 8), member.MultiplyAddsPerRow));
        Assert.Empty(summary.Members[0].Members);
    }

    [Fact]
    public void Networks_trained_together_are_one_network_and_a_member_has_what_is_shared()
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions { Members = [Hard(Trunk.Dense(3)), Hard(Trunk.Residual(2, 1))], SharedTrunk = Trunk.Dense(5) }).Fit(_data);
        ModelSummary summary = model.Summary();
        ModelSummary[] members = [.. model.Members.Select(member => member.Summary())];

        Assert.Empty(summary.Members);
        Assert.Equal("shared/0", summary.Layers[0].Name);
        Assert.Equal(25, summary.Layers[0].NumberOfParameters);
        Assert.Equal(["member0/shared/0", "member1/shared/input", "member1/shared/block0", "member1/shared/last"], summary.Layers.Skip(1).Where(layer => layer.Task is null).Select(layer => layer.Name));
        Assert.All(members, member => Assert.Equal("shared/0", member.Layers[0].Name));

        // What is shared is counted in each of them, and once in the whole.
        Assert.Equal(summary.NumberOfParameters + 25, members.Sum(member => member.NumberOfParameters));
        Assert.Equal(summary.MultiplyAddsPerRow + 20, members.Sum(member => member.MultiplyAddsPerRow));
    }

    [Fact]
    public void A_student_is_what_it_is_made_of_whatever_taught_it()
    {
        using MultiTaskTransformer teacher = _ml.MultiTask.Trainers.Ensemble(Hard(Trunk.Dense(9)), 2).Fit(_data);
        using MultiTaskTransformer student = _ml.MultiTask.Trainers.Distillation(Teacher.From(teacher), Hard(Trunk.Dense(2))).Fit(_data);
        using MultiTaskTransformer alone = Hard(Trunk.Dense(2)).Fit(_data);

        Assert.Equal(alone.Summary().Layers.Select(layer => layer.ToString()), student.Summary().Layers.Select(layer => layer.ToString()));
    }

    [Fact]
    public void A_layer_whose_cost_nobody_knows_leaves_the_sum_open()
    {
        using var model = new ModelOfLayers([new NetworkLayer("shared/module", "Module", [4], [2], 7, null, null), new NetworkLayer("head0/0", "Dense", [2], [1], 3, 2, 0)]);
        var summary = ModelSummary.Create(model, 1234, []);

        Assert.Null(summary.MultiplyAddsPerRow);
        Assert.Equal(10, summary.NumberOfParameters);
        Assert.Contains("Module  4      2                7              ?  (shared)", summary.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("Size in a file: 1,234 bytes" + Environment.NewLine + "Multiply-adds per row: ?", summary.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The numbers in files, but for the buffer of the contracts' own network.</summary>
    private static long CountWeights(Model model) => model is NetworkModel network
        ? network.ExportWeights().Where(tensor => !tensor.Name.EndsWith("_batches", StringComparison.Ordinal)).Sum(tensor => tensor.Values.LongLength)
        : model.Members.Sum(CountWeights);

    private HardParameterSharingTrainer Hard(Trunk trunk) =>
        _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), Trunk = trunk, HeadLayers = [], MaximumNumberOfEpochs = 1, Seed = 7 });

    private long Save(MultiTaskTransformer model)
    {
        _ml.Model.Save(model, null, _folder["size.zip"]);
        return new FileInfo(_folder["size.zip"]).Length;
    }

    private sealed class ModelOfLayers(IReadOnlyList<NetworkLayer> layers) : Model([PredictionTask.Regression("Size")], [])
    {
        public override string FeatureColumnName => throw new NotSupportedException();

        public override int FeatureCount => throw new NotSupportedException();

        public override IReadOnlyList<NetworkLayer> DescribeLayers() => layers;

        public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores) => throw new NotSupportedException();

        public override void ThrowIfDisposed()
        {
        }

        public override void Save(ModelEntries entries, string prefix) => throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
