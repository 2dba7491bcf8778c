using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetMultiTask.Tests.Labels;

/// <summary>The three forms of a set of labels: a vector of Boolean, one of 0, 1 and NaN, and a bag of keys.</summary>
public sealed class MultilabelFormsTests
{
    private static readonly string[] _names = ["a", "b", "c"];

    private readonly MLContext _ml = new(1);

    [Fact]
    public void The_three_forms_of_the_same_labels_train_the_same_model() =>
        Gen.Select(Gen.Float[-1f, 1f].Array[2], Gen.Bool.Array[3]).Array[8, 30].Sample(
            rows =>
            {
                // Each label occurs, so that the bag has a key for it, and its order is that of the slots.
                Set[] sets = [Set.Create([0, 0], [true, true, true]), .. rows.Select(row => Set.Create(row.Item1, row.Item2))];
                IDataView raw = _ml.Data.LoadFromEnumerable(sets);
                IDataView data = _ml.Transforms.Conversion.MapValueToKey("Bag", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(raw).Transform(raw);

                float[][][] scores = [.. new[] { "Flags", "Numbers", "Bag" }.Select(column => Score(data, column))];

                Assert.Equal(scores[0], scores[1]);
                Assert.Equal(scores[0], scores[2]);
            },
            iter: 8,
            threads: 1);

    [Fact]
    public void A_slot_without_label_teaches_nothing_and_the_others_of_its_row_do()
    {
        // Of the second label only the first hundred rows are known; the rest would say the opposite.
        var random = new Random(1);
        Set[] sets = [.. Enumerable.Range(0, 600).Select(i =>
        {
            float x = (2 * random.NextSingle()) - 1, y = (2 * random.NextSingle()) - 1;
            Set set = Set.Create([x, y], [x > 0, y > 0, x > y]);
            set.Numbers[1] = i < 100 ? set.Numbers[1] : float.NaN;
            return set;
        })];
        IDataView data = _ml.Data.LoadFromEnumerable(sets);
        using MultiTaskTransformer model = OddLabels.Trainer(_ml, PredictionTask.MultilabelClassification("Tags", labelColumnName: "Numbers")).Fit(data);

        TaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(data), model.Tasks)["Tags"];
        bool[][] predicted = [.. model.Transform(data).GetColumn<bool[]>("Tags.PredictedLabel")];

        Assert.Equal((600, 0), (metrics.RowCount, metrics.MissingLabelCount));
        for (int slot = 0; slot < 3; slot++)
        {
            Assert.InRange(Enumerable.Range(0, 600).Count(i => sets[i].Flags[slot] == predicted[i][slot]), 540, 600);
        }
    }

    [Fact]
    public void A_label_that_always_or_never_holds_is_learned_as_that()
    {
        Set[] sets = [.. Enumerable.Range(0, 200).Select(i => Set.Create([(i % 21 / 10f) - 1, (i % 17 / 8f) - 1], [i % 21 > 10, true, false]))];
        IDataView data = _ml.Data.LoadFromEnumerable(sets);
        using MultiTaskTransformer model = OddLabels.Trainer(_ml, PredictionTask.MultilabelClassification("Flags")).Fit(data);
        IDataView scored = model.Transform(data);

        Assert.All(scored.GetColumn<bool[]>("Flags.PredictedLabel"), predicted => Assert.Equal((true, false), (predicted[1], predicted[2])));
        Assert.InRange(_ml.MultiTask.Evaluate(scored, model.Tasks)["Flags"].Accuracy, 0.95, 1);
    }

    private static float[][] Score(IDataView data, string column)
    {
        // As many epochs as change the weights; the seed is the host's.
        using MultiTaskTransformer model = new MLContext(1).MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = [PredictionTask.MultilabelClassification("Tags", labelColumnName: column)],
            SharedLayers = [8],
            BatchSize = 4,
            MaximumNumberOfEpochs = 3,
        }).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Tags.Score")];
    }

    private sealed class Set
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        [VectorType(3)]
        public bool[] Flags { get; init; } = [];

        [VectorType(3)]
        public float[] Numbers { get; init; } = [];

        public string[] Bag { get; init; } = [];

        public static Set Create(float[] features, bool[] labels) => new()
        {
            Features = features,
            Flags = labels,
            Numbers = Array.ConvertAll(labels, label => label ? 1f : 0f),
            Bag = [.. _names.Where((_, i) => labels[i])],
        };
    }
}
