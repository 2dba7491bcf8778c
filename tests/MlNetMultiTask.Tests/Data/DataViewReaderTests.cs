using System.Globalization;
using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Tests.Data;

/// <summary>Reading of an IDataView: what is asked of it, and what every type of label becomes.</summary>
public sealed class DataViewReaderTests
{
    private static readonly VectorDataViewType _two = new(NumberDataViewType.Single, 2);

    [Fact]
    public void Each_row_is_read_once_and_of_its_columns_only_those_that_are_needed()
    {
        TestColumns view = Features(3)
            .Add("Unused", TextDataViewType.Instance, "a".AsMemory(), "b".AsMemory(), "c".AsMemory())
            .Add("A", NumberDataViewType.Single, 1f, 2f, 3f)
            .Add("W", NumberDataViewType.Single, 1f, 1f, 4f)
            .Add("B", BooleanDataViewType.Instance, true, false, true);
        new DataViewReader("Features", [PredictionTask.Regression("A"), PredictionTask.Regression("Again", "A"), PredictionTask.BinaryClassification("B")], "W").Read(view, null, default);

        Assert.Equal(["A", "B", "Features", "W"], Assert.Single(view.Cursors).Order());
        Assert.Equal(3, view.RowsRead);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Features_and_numbers_are_read_whether_or_not_the_row_count_is_known(bool known)
    {
        TestColumns view = Features(700, known).Add("A", NumberDataViewType.Single, [.. Enumerable.Range(0, 700).Select(i => (float)i)]);
        TabularData data = Read(view, PredictionTask.Regression("A"));

        Assert.Equal(700, data.RowCount);
        Assert.Equal(2, data.FeatureCount);
        Assert.Equal(Enumerable.Range(0, 1400).Select(i => (float)i), data.Features.Take(1400));
        Assert.Equal(Enumerable.Range(0, 700).Select(i => (float)i), data.Labels[0]);
        Assert.Null(data.Weights);
        Assert.Equal(0, data.SkippedRowCount);
    }

    [Fact]
    public void Sparse_and_dense_vectors_give_the_same() =>
        Gen.Float[-5f, 5f].Select(value => value > 1 ? value : 0).Array[6].Array[1, 8].Sample(rows =>
        {
            VBuffer<float>[] dense = [.. rows.Select(row => TestColumns.Dense([.. row]))];
            VBuffer<float>[] sparse = [.. rows.Select(row =>
            {
                int[] indices = [.. Enumerable.Range(0, 6).Where(i => row[i] != 0)];
                return new VBuffer<float>(6, indices.Length, [.. indices.Select(i => row[i])], indices);
            })];
            var six = new VectorDataViewType(NumberDataViewType.Single, 6);
            TabularData one = Read(new TestColumns().Add("Features", six, dense).Add("A", six, dense), PredictionTask.Regression("A"));
            TabularData other = Read(new TestColumns().Add("Features", six, sparse).Add("A", six, sparse), PredictionTask.Regression("A"));

            Assert.Equal(rows.SelectMany(row => row), one.Features.Take(rows.Length * 6));
            Assert.Equal(one.Features.Take(rows.Length * 6), other.Features.Take(rows.Length * 6));
            Assert.Equal(rows.SelectMany(row => row), one.Labels[0]);
            Assert.Equal(one.Labels[0], other.Labels[0]);
        });

    [Fact]
    public void Boolean_and_Single_are_read_as_numbers()
    {
        Assert.Equal([1f, 0f], ReadLabels(BooleanDataViewType.Instance, PredictionTask.BinaryClassification("A"), null, true, false));
        Assert.Equal([1f, 0f, float.NaN], ReadLabels(NumberDataViewType.Single, PredictionTask.BinaryClassification("A"), null, 1f, 0f, float.NaN));
        Assert.Equal([-2.5f, float.NaN], ReadLabels(NumberDataViewType.Single, PredictionTask.Regression("A"), null, -2.5f, float.NaN));
    }

    [Fact]
    public void Vectors_are_read_slot_by_slot()
    {
        Assert.Equal(
            [1f, float.NaN, float.NaN, 4f],
            ReadLabels(_two, PredictionTask.Regression("A"), null, TestColumns.Dense(1f, float.NaN), TestColumns.Dense(float.NaN, 4f)));
        Assert.Equal(
            [1f, float.NaN, 0f, 1f],
            ReadLabels(_two, PredictionTask.MultilabelClassification("A"), null, TestColumns.Dense(1f, float.NaN), TestColumns.Dense(0f, 1f)));
        Assert.Equal(
            [1f, 0f, 0f, 0f],
            ReadLabels(new VectorDataViewType(BooleanDataViewType.Instance, 2), PredictionTask.MultilabelClassification("A"), null, TestColumns.Dense(true, false), new VBuffer<bool>(2, 0, [], [])));
    }

    [Fact]
    public void Keys_of_every_raw_type_are_indices_from_0_and_key_0_is_missing()
    {
        PredictionTask task = PredictionTask.MulticlassClassification("A");
        float[] expected = [2f, float.NaN, 0f];
        Assert.Equal(expected, ReadLabels(new KeyDataViewType(typeof(byte), 3), task, null, (byte)3, (byte)0, (byte)1));
        Assert.Equal(expected, ReadLabels(new KeyDataViewType(typeof(ushort), 3), task, null, (ushort)3, (ushort)0, (ushort)1));
        Assert.Equal(expected, ReadLabels(new KeyDataViewType(typeof(uint), 3), task, null, 3u, 0u, 1u));
        Assert.Equal(expected, ReadLabels(new KeyDataViewType(typeof(ulong), 3), task, null, 3ul, 0ul, 1ul));
    }

    [Theory]
    [InlineData("no", new[] { 0f, float.NaN, 1f })]
    [InlineData("yes", new[] { 1f, float.NaN, 0f })]
    public void A_two_valued_key_is_yes_where_it_is_the_positive_label(string positive, float[] expected) =>
        Assert.Equal(expected, ReadLabels(new KeyDataViewType(typeof(uint), 2), PredictionTask.BinaryClassification("A", positiveLabel: positive), TestColumns.KeyValues("yes", "no"), 1u, 0u, 2u));

    [Fact]
    public void Bags_of_keys_are_sets_of_labels_and_repeated_or_missing_keys_change_nothing()
    {
        var key = new KeyDataViewType(typeof(byte), 3);
        PredictionTask task = PredictionTask.MultilabelClassification("A");
        Assert.Equal(
            [1f, 0f, 1f, 0f, 0f, 0f, 0f, 1f, 0f],
            ReadLabels(new VectorDataViewType(key), task, null, TestColumns.Dense<byte>(3, 1, 3), TestColumns.Dense<byte>(), TestColumns.Dense<byte>(0, 2)));
        Assert.Equal(
            [0f, 1f, 0f, 1f, 0f, 0f],
            ReadLabels(new VectorDataViewType(key, 4), task, null, TestColumns.Dense<byte>(0, 2, 0, 0), new VBuffer<byte>(4, 1, [1], [2])));
    }

    [Fact]
    public void Rows_without_any_label_or_of_weight_0_are_left_out_and_counted()
    {
        TestColumns view = Features(5)
            .Add("A", NumberDataViewType.Single, float.NaN, 1f, float.NaN, 2f, 3f)
            .Add("B", new KeyDataViewType(typeof(uint), 2), 0u, 0u, 1u, 2u, 1u)
            .Add("W", NumberDataViewType.Single, 1f, 1f, 3f, 0f, 2f);
        TabularData data = new DataViewReader("Features", [PredictionTask.Regression("A"), PredictionTask.MulticlassClassification("B")], "W").Read(view, null, default);

        Assert.Equal(3, data.RowCount);
        Assert.Equal(2, data.SkippedRowCount);
        Assert.Equal([2f, 3f, 4f, 5f, 8f, 9f], data.Features.Take(6));
        Assert.Equal([1f, float.NaN, 3f], data.Labels[0]);
        Assert.Equal([float.NaN, 0f, 0f], data.Labels[1]);
        Assert.Equal([0.5f, 1.5f, 1f], data.Weights!);
    }

    [Fact]
    public void Weights_are_brought_to_mean_1_in_their_proportions() =>
        Gen.Float[0.01f, 1e6f].Array[1, 50].Sample(weights =>
        {
            TestColumns view = Features(weights.Length).Add("A", NumberDataViewType.Single, new float[weights.Length]).Add("W", NumberDataViewType.Single, weights);
            float[] normalized = new DataViewReader("Features", [PredictionTask.Regression("A")], "W").Read(view, null, default).Weights!;
            double mean = weights.Average(weight => (double)weight);

            Assert.Equal(1, normalized.Average(weight => (double)weight), 1e-6);
            Assert.All(weights.Zip(normalized), pair => Assert.Equal(pair.First / mean, pair.Second, 1e-6 * pair.First / mean));
        });

    [Fact]
    public void No_rows_or_none_that_can_be_used_is_an_error_that_says_why()
    {
        Assert.Contains("no rows", Fails(Features(0).Add("A", NumberDataViewType.Single, Array.Empty<float>()), PredictionTask.Regression("A")), StringComparison.Ordinal);
        string message = Fails(Features(2).Add("A", NumberDataViewType.Single, float.NaN, float.NaN), PredictionTask.Regression("A"));
        Assert.Contains("None of the 2 rows", message, StringComparison.Ordinal);
        Assert.Contains("'A'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_values_are_counted_over_all_rows_and_the_first_is_shown()
    {
        VBuffer<float>[] features = [TestColumns.Dense(1f, 2f), TestColumns.Dense(float.NaN, float.NaN), TestColumns.Dense(1f, float.PositiveInfinity)];
        string message = Fails(new TestColumns().Add("Features", _two, features).Add("A", NumberDataViewType.Single, 1f, 2f, 3f), PredictionTask.Regression("A"));
        Assert.Contains("Feature column 'Features'", message, StringComparison.Ordinal);
        Assert.Contains("2 places, first NaN in row 1", message, StringComparison.Ordinal);
        Assert.Contains("ReplaceMissingValues", message, StringComparison.Ordinal);

        message = Fails(Features(3).Add("A", NumberDataViewType.Single, 1f, 0.5f, 2f), PredictionTask.BinaryClassification("A"));
        Assert.Contains("Label column 'A' of task 'A'", message, StringComparison.Ordinal);
        Assert.Contains("2 places, first 0.5 in row 1", message, StringComparison.Ordinal);
        Assert.Contains("0, 1 or NaN", message, StringComparison.Ordinal);

        message = Fails(Features(2).Add("A", NumberDataViewType.Single, 1f, float.NegativeInfinity), PredictionTask.Regression("A"));
        Assert.Contains("1 place, first -Infinity in row 1", message, StringComparison.Ordinal);

        message = Fails(Features(2).Add("A", _two, TestColumns.Dense(1f, 3f), TestColumns.Dense(0f, 1f)), PredictionTask.MultilabelClassification("A"));
        Assert.Contains("1 place, first 3 in row 0", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1f, "-1")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void Invalid_weights_are_an_error(float weight, string shown)
    {
        TestColumns view = Features(2).Add("A", NumberDataViewType.Single, 1f, 2f).Add("W", NumberDataViewType.Single, 1f, weight);
        string message = Assert.Throws<ArgumentException>(() => new DataViewReader("Features", [PredictionTask.Regression("A")], "W").Read(view, null, default)).Message;

        Assert.Contains($"weight column 'W' has invalid values in 1 place, first {shown} in row 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_all_0_leave_no_row()
    {
        TestColumns view = Features(2).Add("A", NumberDataViewType.Single, 1f, 2f).Add("W", NumberDataViewType.Single, 0f, 0f);

        Assert.Contains("weight 0 in 'W'", Assert.Throws<ArgumentException>(() => new DataViewReader("Features", [PredictionTask.Regression("A")], "W").Read(view, null, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_the_reading()
    {
        using var cancellation = new CancellationTokenSource();
        TestColumns view = Features(5000).Add("A", NumberDataViewType.Single, new float[5000]);
        view.OnRow = row =>
        {
            if (row == 1500)
            {
                cancellation.Cancel();
            }
        };

        Assert.Throws<OperationCanceledException>(() => new DataViewReader("Features", [PredictionTask.Regression("A")], null).Read(view, null, cancellation.Token));
        Assert.InRange(view.RowsRead, 1501, 2600);
    }

    [Fact]
    public void Classes_of_validation_data_are_matched_by_name_and_unknown_ones_counted()
    {
        var known = new LabelInfo { OutputCount = 3, Names = LabelNames.Parse("Text", ["a", "b", "c"]) };
        TestColumns view = Features(5).Add("A", new KeyDataViewType(typeof(byte), 4), TestColumns.KeyValues("c", "new", "a", "b"), (byte)1, (byte)2, (byte)3, (byte)4, (byte)0);
        TabularData data = Read(view, PredictionTask.MulticlassClassification("A"), known);

        Assert.Equal([2f, 0f, 1f], data.Labels[0]);
        Assert.Equal(1, data.UnknownLabelCount);
        Assert.Equal(2, data.SkippedRowCount);
    }

    [Theory]
    [InlineData(new[] { "c", "a" }, new[] { 1f, 0f, 1f, 0f, 0f, 1f })]
    [InlineData(new[] { "c", "new", "b", "other", "a" }, new[] { 0f, 0f, 1f, 0f, 0f, 1f })]
    public void Labels_of_a_bag_in_validation_data_are_matched_by_name_whatever_their_number(string[] names, float[] expected)
    {
        var known = new LabelInfo { OutputCount = 3, Names = LabelNames.Parse("Text", ["a", "b", "c"]) };
        TestColumns view = Features(2).Add("A", new VectorDataViewType(new KeyDataViewType(typeof(uint), names.Length)), TestColumns.KeyValues(names), TestColumns.Dense(1u, 2u), TestColumns.Dense(1u));
        TabularData data = Read(view, PredictionTask.MultilabelClassification("A"), known);

        Assert.Equal([3], data.LabelWidths);
        Assert.Equal(expected, data.Labels[0]);
    }

    [Fact]
    public void Slots_of_validation_data_are_matched_by_name_and_those_that_it_lacks_are_missing()
    {
        var known = new LabelInfo { OutputCount = 3, Names = LabelNames.Parse("Text", ["a", "b", "c"]) };
        TestColumns view = Features(2).Add("A", _two, TestColumns.SlotNames("c", "a"), TestColumns.Dense(1f, 0f), TestColumns.Dense(float.NaN, 1f));
        TabularData data = Read(view, PredictionTask.MultilabelClassification("A"), known);

        Assert.Equal([3], data.LabelWidths);
        Assert.Equal([0f, float.NaN, 1f, 1f, float.NaN, float.NaN], data.Labels[0]);
    }

    [Fact]
    public void Labels_of_another_width_that_no_names_explain_are_an_error_with_both_widths()
    {
        TestColumns view = Features(1).Add("A", _two, TestColumns.Dense(1f, 0f));
        foreach (PredictionTask task in new[] { PredictionTask.Regression("A"), PredictionTask.MultilabelClassification("A") })
        {
            string message = Assert.Throws<ArgumentException>(() => Read(view, task, new LabelInfo { OutputCount = 3, IsVector = true })).Message;

            Assert.Contains("'A'", message, StringComparison.Ordinal);
            Assert.Contains("2", message, StringComparison.Ordinal);
            Assert.Contains("3", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_vector_of_another_length_than_its_type_says_is_an_error()
    {
        TestColumns view = new TestColumns().Add("Features", _two, TestColumns.Dense(1f, 2f, 3f)).Add("A", NumberDataViewType.Single, 1f);

        Assert.Contains("3 slots", Assert.Throws<InvalidOperationException>(() => Read(view, PredictionTask.Regression("A"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_are_missing_or_of_a_wrong_type_are_named_with_what_was_found_and_a_remedy()
    {
        TestColumns view = Features(1).Add("Text", TextDataViewType.Instance, "x".AsMemory());
        string message = Fails(view, PredictionTask.Regression("Other"));
        Assert.Contains("'Other'", message, StringComparison.Ordinal);
        Assert.Contains("'Features', 'Text'", message, StringComparison.Ordinal);

        message = Fails(view, PredictionTask.BinaryClassification("Text"));
        Assert.Contains($"Label column 'Text' is {TextDataViewType.Instance};", message, StringComparison.Ordinal);
        Assert.Contains("Conversion.MapValue", message, StringComparison.Ordinal);

        TestColumns unsized = new TestColumns().Add("Features", new VectorDataViewType(NumberDataViewType.Single), TestColumns.Dense(1f)).Add("A", NumberDataViewType.Single, 1f);
        message = Fails(unsized, PredictionTask.Regression("A"));
        Assert.Contains("unknown size", message, StringComparison.Ordinal);
        Assert.Contains("[VectorType(n)]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Contains("first 0.5 in row 0", Fails(Features(1).Add("A", NumberDataViewType.Single, 0.5f), PredictionTask.BinaryClassification("A")), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static TestColumns Features(int rows, bool knowsRowCount = true) =>
        new TestColumns { KnowsRowCount = knowsRowCount }.Add("Features", _two, [.. Enumerable.Range(0, rows).Select(row => TestColumns.Dense(2f * row, (2f * row) + 1))]);

    private static float[] ReadLabels<T>(DataViewType type, PredictionTask task, DataViewSchema.Annotations? annotations, params T[] values)
    {
        // A second label keeps rows whose first is missing.
        TestColumns view = Features(values.Length).Add("A", type, annotations, values).Add("Always", NumberDataViewType.Single, new float[values.Length]);
        return new DataViewReader("Features", [task, PredictionTask.Regression("Always")], null).Read(view, null, default).Labels[0];
    }

    private static TabularData Read(TestColumns view, PredictionTask task, LabelInfo? known = null) =>
        new DataViewReader("Features", [task], null).Read(view, known is null ? null : [known], default);

    private static string Fails(TestColumns view, PredictionTask task) =>
        Assert.Throws<ArgumentException>(() => Read(view, task)).Message;
}
