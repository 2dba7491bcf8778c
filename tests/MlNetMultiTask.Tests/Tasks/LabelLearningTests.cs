using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Tests.Tasks;

/// <summary>What training learns of labels: moments, the first biases, and the refusal of labels that teach nothing.</summary>
public sealed class LabelLearningTests
{
    private static readonly DataViewSchema.Column _number = Column(NumberDataViewType.Single);
    private static readonly DataViewSchema.Column _boolean = Column(BooleanDataViewType.Instance);
    private static readonly DataViewSchema.Column _key = Column(new KeyDataViewType(typeof(ushort), 4));
    private static readonly PredictionTask _regression = PredictionTask.Regression("Label");
    private static readonly PredictionTask _binary = PredictionTask.BinaryClassification("Label");
    private static readonly PredictionTask _multiclass = PredictionTask.MulticlassClassification("Label");
    private static readonly PredictionTask _multilabel = PredictionTask.MultilabelClassification("Label");

    /// <summary>Two passes in decimal, which holds every such number exactly; a float has 7 digits.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(-1_000_000)]
    public void A_regression_learns_mean_and_deviation_of_what_is_known(int offset) =>
        Gen.Int[-500, 500].Array[2, 60].Where(values => values.Distinct().Count() > 10).Sample(values =>
        {
            float[] labels = [.. values.SelectMany(value => new[] { offset + value, float.NaN })];
            LabelInfo info = _regression.Learn(_number, labels, 1);
            decimal mean = values.Average(value => (decimal)value) + offset;
            decimal variance = values.Average(value => (value + offset - mean) * (value + offset - mean));

            Assert.Equal((double)mean, info.Means![0], 1e-7 * Math.Max(1, Math.Abs((double)mean)));
            Assert.Equal(Math.Sqrt((double)variance), info.Deviations![0], 1e-6 * Math.Sqrt((double)variance));
            Assert.Equal(1, info.OutputCount);
            Assert.False(info.IsVector);
        });

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(-1e30f)]
    [InlineData(1e-40f)]
    [InlineData(float.MaxValue)]
    public void A_constant_label_has_deviation_0(float value)
    {
        LabelInfo info = _regression.Learn(_number, [value, float.NaN, value, value], 1);

        Assert.Equal([value], info.Means!);
        Assert.Equal([0f], info.Deviations!);
    }

    [Fact]
    public void Moments_of_the_largest_numbers_are_finite()
    {
        LabelInfo info = _regression.Learn(_number, [float.MaxValue, -float.MaxValue, float.MaxValue, -float.MaxValue], 1);

        Assert.Equal([0f], info.Means!);
        Assert.Equal([float.MaxValue], info.Deviations!);
    }

    [Fact]
    public void Slots_of_a_vector_label_are_learned_one_by_one()
    {
        DataViewSchema.Column column = Column(new VectorDataViewType(NumberDataViewType.Single, 3));
        LabelInfo info = _regression.Learn(column, [1f, 10f, float.NaN, 3f, 10f, float.NaN, float.NaN, 10f, float.NaN], 3);

        Assert.True(info.IsVector);
        Assert.Equal(3, info.OutputCount);
        Assert.Equal([2f, 10f, 0f], info.Means!);
        Assert.Equal([1f, 0f, 0f], info.Deviations!);
    }

    [Fact]
    public void Standardised_labels_have_mean_0_and_deviation_1_and_come_back_in_their_unit() =>
        Gen.Float[-1e5f, 1e5f].Array[4, 40].Where(values => values.Distinct().Count() > 3).Sample(values =>
        {
            LabelInfo info = _regression.Learn(_number, values, 1);
            float[] scaled = [.. values];
            _regression.Standardize(scaled, info);
            double mean = scaled.Average(value => (double)value);

            // The mean itself is rounded to a float: an error of 6e-8 of its size, in units of the deviation.
            double error = (1e-6 * scaled.Max(Math.Abs)) + (1e-7 * Math.Abs(info.Means![0]) / info.Deviations![0]);
            Assert.Equal(0, mean, error);
            Assert.Equal(1, Math.Sqrt(scaled.Average(value => (double)value * value)), 1e-5 + error);

            _regression.Complete(scaled, info);
            Assert.All(values.Zip(scaled), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * (values.Max(Math.Abs) + 1e-30)));
        });

    [Fact]
    public void A_regression_starts_at_its_mean()
    {
        LabelInfo info = _regression.Learn(_number, [1f, 2f, 6f], 1);
        float[] scores = _regression.GetInitialBias(info, [1f, 2f, 6f], 1);
        _regression.Complete(scores, info);

        Assert.Equal(3f, Assert.Single(scores));
    }

    [Fact]
    public void A_binary_task_starts_at_the_smoothed_log_odds() =>
        Gen.Select(Gen.Int[0, 50], Gen.Int[0, 50], Gen.Int[0, 5]).Sample((ones, zeros, missing) =>
        {
            float[] labels = [.. Enumerable.Repeat(1f, ones), .. Enumerable.Repeat(float.NaN, missing), .. Enumerable.Repeat(0f, zeros)];
            float bias = Assert.Single(_binary.GetInitialBias(new LabelInfo { OutputCount = 1 }, labels, 1));

            Assert.Equal((ones + 1.0) / (ones + zeros + 2.0), PlainLosses.Sigmoid(bias), 1e-6);
        });

    [Fact]
    public void A_multilabel_task_starts_at_the_log_odds_of_each_slot()
    {
        float[] labels = [1f, 0f, float.NaN, 1f, 0f, float.NaN, 0f, 0f, float.NaN];
        float[] bias = _multilabel.GetInitialBias(new LabelInfo { OutputCount = 3 }, labels, 3);

        // (1 + ones) / (1 + zeros): 3/2, 1/4, and nothing known of the last.
        Assert.Equal(Math.Log(1.5), bias[0], 1e-6);
        Assert.Equal(Math.Log(0.25), bias[1], 1e-6);
        Assert.Equal(0f, bias[2]);
    }

    [Fact]
    public void A_multiclass_task_starts_at_the_smoothed_shares_of_its_classes() =>
        Gen.Int[-1, 3].Array[0, 60].Sample(values =>
        {
            float[] labels = [.. values.Select(value => value < 0 ? float.NaN : value)];
            float[] bias = _multiclass.GetInitialBias(new LabelInfo { OutputCount = 4 }, labels, 1);
            int known = values.Count(value => value >= 0);
            double[] shares = PlainLosses.Softmax([.. bias.Select(value => (double)value)]);

            for (int i = 0; i < 4; i++)
            {
                Assert.Equal((values.Count(value => value == i) + 1.0) / (known + 4), shares[i], 1e-6);
            }
        });

    [Fact]
    public void A_multiclass_task_keeps_the_number_of_classes_and_the_key_type()
    {
        LabelInfo info = _multiclass.Learn(_key, [0f, 2f, float.NaN], 1);

        Assert.Equal(4, info.OutputCount);
        Assert.Equal(typeof(ushort), info.KeyType);
        Assert.Null(info.Names);
    }

    [Fact]
    public void Labels_of_one_class_are_refused()
    {
        Action[] attempts =
        [
            () => _binary.Learn(_boolean, [1f, 1f, float.NaN], 1),
            () => _binary.Learn(_boolean, [float.NaN, 0f], 1),
            () => _multiclass.Learn(_key, [2f, float.NaN, 2f], 1),
        ];
        Assert.All(attempts, attempt =>
        {
            string message = Assert.Throws<ArgumentException>(attempt).Message;
            Assert.Contains("'Label'", message, StringComparison.Ordinal);
            Assert.Contains("one class only", message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(3, 2, null)]
    [InlineData(2, 3, null)]
    [InlineData(3, 3, 2)]
    public void What_a_file_says_of_a_label_must_fit_the_task(int means, int deviations, int? names)
    {
        var info = new LabelInfo
        {
            OutputCount = 3,
            IsVector = true,
            Means = new float[means],
            Deviations = new float[deviations],
            Names = names is { } count ? LabelNames.Parse("Text", [.. Enumerable.Range(0, count).Select(i => $"{i}")]) : null,
        };

        Assert.Contains("'Label'", Assert.Throws<FormatException>(() => info.RequireFit(_regression)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scalar_has_one_output()
    {
        Assert.Throws<FormatException>(() => new LabelInfo { OutputCount = 2 }.RequireFit(_binary));
        Assert.Throws<FormatException>(() => new LabelInfo { OutputCount = 2, Means = new float[2], Deviations = new float[2] }.RequireFit(_regression));
        Assert.Throws<FormatException>(() => new LabelInfo { OutputCount = 1 }.RequireFit(_regression));
        new LabelInfo { OutputCount = 2, IsVector = true, Means = new float[2], Deviations = new float[2] }.RequireFit(_regression);
        new LabelInfo { OutputCount = 1 }.RequireFit(_binary);
    }

    private static DataViewSchema.Column Column(DataViewType type)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", type);
        return builder.ToSchema()[0];
    }
}
