using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Data;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Tasks and labels in a manifest: they come back as they were, in every culture.</summary>
public sealed class TaskManifestTests
{
    private static readonly string[] _cultures = ["", "tr-TR", "de-DE"];

    [Fact]
    public void Every_kind_comes_back_with_all_that_it_was_given()
    {
        (PredictionTask Task, LabelInfo Label)[] all =
        [
            (PredictionTask.MulticlassClassification("Iİ", "L", 0.1f, "S", "P"), new LabelInfo { OutputCount = 2, KeyType = typeof(byte), Names = LabelNames.Parse("Text", ["ı", "<&\">\u2028"]) }),
            (PredictionTask.MulticlassClassification("M"), new LabelInfo { OutputCount = 3, KeyType = typeof(ulong) }),
            (PredictionTask.BinaryClassification("B", "L", "ja", 2.5f, 0.3f, "S", "Q", "P"), new LabelInfo { OutputCount = 1, PositiveLabel = "ja" }),
            (PredictionTask.BinaryClassification("B"), new LabelInfo { OutputCount = 1 }),
            (PredictionTask.Regression("R", "L", 1e-30f, "S"), new LabelInfo { OutputCount = 1, Means = [-1234567.9f], Deviations = [float.Epsilon] }),
            (PredictionTask.Regression("V"), new LabelInfo { OutputCount = 2, IsVector = true, Means = [0.1f, float.MaxValue], Deviations = [1f, 3e-8f], Names = LabelNames.Parse("Text", ["x", "y"]) }),
            (PredictionTask.MultilabelClassification("S", "L", 0f, 0.75f, "C", "P"), new LabelInfo { OutputCount = 1, Names = LabelNames.Parse("Text", [""]) }),
        ];
        InEveryCulture(() =>
        {
            foreach ((PredictionTask task, LabelInfo label) in all)
            {
                (PredictionTask readTask, LabelInfo readLabel) = RoundTrip(task, label);
                Assert.Equal(task.GetType(), readTask.GetType());
                Assert.Equal(task.Describe(), readTask.Describe());
                AssertSame(label, readLabel);
            }
        });
    }

    /// <summary>The types that a column of keys may have for its values, with values that notation could lose.</summary>
    [Fact]
    public void Names_of_every_type_come_back_in_their_type()
    {
        InEveryCulture(() =>
        {
            AssertNames<ReadOnlyMemory<char>>(TextDataViewType.Instance, "Text", "i".AsMemory(), "I".AsMemory(), "".AsMemory());
            AssertNames(BooleanDataViewType.Instance, "Boolean", true, false);
            AssertNames(NumberDataViewType.SByte, "SByte", sbyte.MinValue, sbyte.MaxValue);
            AssertNames<byte>(NumberDataViewType.Byte, "Byte", 0, 255);
            AssertNames(NumberDataViewType.Int16, "Int16", short.MinValue, short.MaxValue);
            AssertNames<ushort>(NumberDataViewType.UInt16, "UInt16", 0, ushort.MaxValue);
            AssertNames(NumberDataViewType.Int32, "Int32", int.MinValue, int.MaxValue);
            AssertNames<uint>(NumberDataViewType.UInt32, "UInt32", 0, uint.MaxValue);
            AssertNames(NumberDataViewType.Int64, "Int64", long.MinValue, long.MaxValue);
            AssertNames<ulong>(NumberDataViewType.UInt64, "UInt64", 0, ulong.MaxValue);
            AssertNames(NumberDataViewType.Single, "Single", 0.1f, -1e-45f, float.MaxValue, float.NaN, float.NegativeInfinity);
            AssertNames(NumberDataViewType.Double, "Double", 0.1, 1.0 / 3, double.MinValue, double.Epsilon);
            AssertNames(DateTimeDataViewType.Instance, "DateTime", new DateTime(2026, 3, 1, 12, 30, 15, 123, DateTimeKind.Utc).AddTicks(4567), DateTime.MaxValue);
            AssertNames(DateTimeOffsetDataViewType.Instance, "DateTimeOffset", new DateTimeOffset(2026, 3, 1, 12, 30, 15, TimeSpan.FromHours(-3.5)), DateTimeOffset.MinValue);
            AssertNames(TimeSpanDataViewType.Instance, "TimeSpan", TimeSpan.FromTicks(-123456789), TimeSpan.MaxValue);
        });
    }

    [Fact]
    public void Texts_of_names_are_the_same_in_every_culture()
    {
        string[] texts = [.. _cultures.Select(culture => InCulture(culture, () => string.Join("|", Read(NumberDataViewType.Double, 1234.5, -0.25).Texts)))];

        Assert.All(texts, text => Assert.Equal("1234.5|-0.25", text));
    }

    [Fact]
    public void Names_are_matched_by_their_texts()
    {
        LabelNames names = LabelNames.Parse("Text", ["b", "B", "1"]);
        LabelNames numbers = LabelNames.Parse("Int32", ["2", "1"]);

        Assert.Equal([-1, -1, 1], names.MapTo(numbers));
        Assert.Equal([-1, 2], numbers.MapTo(names));
        Assert.Equal(1, names.IndexOf("B"));
        Assert.Equal(-1, names.IndexOf("c"));
    }

    [Theory]
    [InlineData("Other", "x", "'Other'")]
    [InlineData("Int32", "x", "Int32")]
    [InlineData("Byte", "256", "Byte")]
    [InlineData("Boolean", "2", "Boolean")]
    [InlineData("DateTime", "yesterday", "DateTime")]
    [InlineData("TimeSpan", "1 h", "TimeSpan")]
    [InlineData("System.Diagnostics.Process", "x", "no type of class names")]
    public void A_name_that_is_no_value_of_its_type_is_a_format_error(string type, string text, string shown) =>
        Assert.Contains(shown, Assert.Throws<FormatException>(() => LabelNames.Parse(type, [text])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"kind\": \"Regression\"", "\"kind\": \"Other\"", "'Other'")]
    [InlineData("\"lossWeight\": 1", "\"lossWeight\": -1", "'R'")]
    [InlineData("\"outputCount\": 1", "\"outputCount\": 0", "label.outputCount")]
    [InlineData("\"outputCount\": 1", "\"outputCount\": 2", "'R'")]
    [InlineData("\"means\": [0]", "\"means\": []", "'R'")]
    [InlineData("\"isVector\": false", "\"isVector\": 0", "label.isVector")]
    [InlineData("\"isVector\": false", "\"isVector\": false, \"keyType\": \"Int32\"", "label.keyType")]
    [InlineData("\"isVector\": false", "\"isVector\": false, \"names\": {\"type\": \"Text\", \"values\": [\"a\", \"b\"]}", "'R'")]
    public void What_does_not_make_a_task_is_a_format_error(string right, string wrong, string shown)
    {
        const string Json = """
            {"kind": "Regression", "name": "R", "labelColumnName": "R", "lossWeight": 1, "scoreColumnName": "S",
             "label": {"outputCount": 1, "isVector": false, "means": [0], "deviations": [1]}}
            """;
        Assert.Equal("R", TaskManifest.Read(ManifestReader.Parse(Encoding.UTF8.GetBytes(Json))).Task.Name);

        string damaged = Json.Replace(right, wrong, StringComparison.Ordinal);
        Assert.NotEqual(Json, damaged);
        Assert.Contains(shown, Assert.Throws<FormatException>(() => TaskManifest.Read(ManifestReader.Parse(Encoding.UTF8.GetBytes(damaged)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_type_too_small_for_its_classes_is_a_format_error()
    {
        PredictionTask task = PredictionTask.MulticlassClassification("M");
        RoundTrip(task, new LabelInfo { OutputCount = 255, KeyType = typeof(byte) });

        Assert.Contains("'M'", Assert.Throws<FormatException>(() => RoundTrip(task, new LabelInfo { OutputCount = 256, KeyType = typeof(byte) })).Message, StringComparison.Ordinal);
    }

    private static void AssertNames<T>(PrimitiveDataViewType type, string typeName, params T[] values)
    {
        LabelNames names = Read(type, values);
        Assert.Equal(typeName, names.TypeName);
        LabelInfo read = RoundTrip(PredictionTask.MulticlassClassification("M"), new LabelInfo { OutputCount = values.Length, KeyType = typeof(uint), Names = names }).Label;
        Assert.Equal(names.Texts, read.Names!.Texts);
        var builder = new DataViewSchema.Annotations.Builder();
        read.Names.AddTo(builder, "KeyValues");
        VBuffer<T> buffer = default;
        builder.ToAnnotations().GetValue("KeyValues", ref buffer);

        Assert.Same(type, read.Names.Type);
        Assert.Equal(values.Select(value => value is ReadOnlyMemory<char> text ? text.ToString() : (object?)value), buffer.DenseValues().Select(value => value is ReadOnlyMemory<char> text ? text.ToString() : (object?)value));
    }

    private static LabelNames Read<T>(PrimitiveDataViewType type, params T[] values)
    {
        TestColumns view = new TestColumns().Add("A", new KeyDataViewType(typeof(uint), values.Length), TestColumns.Names("KeyValues", type, values), 1u);
        return LabelNames.Read(view.Schema["A"], "KeyValues")!;
    }

    private static (PredictionTask Task, LabelInfo Label) RoundTrip(PredictionTask task, LabelInfo label)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            TaskManifest.Write(json, task, label);
        }

        return TaskManifest.Read(ManifestReader.Parse(stream.ToArray()));
    }

    private static void AssertSame(LabelInfo expected, LabelInfo actual)
    {
        Assert.Equal(expected with { Names = null, Means = null, Deviations = null }, actual with { Names = null, Means = null, Deviations = null });
        Assert.Equal(expected.Means, actual.Means);
        Assert.Equal(expected.Deviations, actual.Deviations);
        Assert.Equal(expected.Names?.Texts, actual.Names?.Texts);
        Assert.Equal(expected.Names?.TypeName, actual.Names?.TypeName);
    }

    private static void InEveryCulture(Action test) =>
        Array.ForEach(_cultures, culture => InCulture(culture, () =>
        {
            test();
            return true;
        }));

    private static T InCulture<T>(string culture, Func<T> test)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            return test();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
