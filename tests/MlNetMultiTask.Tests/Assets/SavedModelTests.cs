using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Assets;

/// <summary>Files that earlier versions wrote load, and score as they did. See README.md beside them.</summary>
public sealed class SavedModelTests
{
    private const string Folder = "tests/MlNetMultiTask.Tests/Assets";
    private const float Tolerance = 1e-6f;

    private static readonly string[] _outputs = ["Color.Score", "Grade.Score", "Day.Score", "Big.Probability", "Sex.Score", "Size.Score", "NamedSizes.Score", "Tags.Score", "TagNames.Score"];

    public static TheoryData<string> Models { get; } = [.. Repository.Files(Folder, "model.v*.zip").Select(path => Path.GetFileNameWithoutExtension(path)).DefaultIfEmpty("none")];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_saved_model_scores_as_it_did(string name)
    {
        var ml = new MLContext();
        IDataView data = TestData.Raw(ml, 20);
        ITransformer chain = ml.Model.Load(Repository.PathOf(Folder, name + ".zip"), out DataViewSchema schema);
        using MultiTaskTransformer model = ml.MultiTask.Find(chain);
        IDataView scored = chain.Transform(data);

        float[] expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Repository.PathOf(Folder, name + ".scores"))).ToArray();
        float[] actual = Numbers(scored);

        // The shared rows may have got more columns since.
        Assert.Equal(data.Schema.Select(column => column.Name).Take(schema.Count), schema.Select(column => column.Name));
        Assert.Equal(name != "model.v1", model.History is not null);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Max(1, Math.Abs(pair.First)), $"{pair.First:R} {pair.Second:R}"));
        Assert.Equal(9, model.Tasks.Count);
        Assert.All(scored.GetColumn<string>("ColorName"), color => Assert.Contains(color, (string[])["red", "green", "blue"]));
        VBuffer<int> grades = default;
        scored.Schema["Grade.PredictedLabel"].GetKeyValues(ref grades);
        Assert.Equal([10, 20, 30], grades.DenseValues().Order());
        Assert.Equal("female", PositiveLabel(scored.Schema["Sex.Score"]));
    }

    [Fact]
    public void A_new_version_is_written_on_demand()
    {
        if (Environment.GetEnvironmentVariable("MLNETMULTITASK_WRITE_MODEL") is not { Length: > 0 } version)
        {
            return;
        }

        string path = Repository.PathOf(Folder, $"model.v{version}.zip");
        Assert.False(File.Exists(path), path + " is there already");
        var ml = new MLContext(1);
        IDataView data = TestData.Raw(ml);
        PredictionTask[] tasks =
        [
            .. ((string[])["key of texts", "key of numbers", "key of dates", "Boolean", "key of two", "number", "named numbers", "vector of Booleans", "bag of keys"])
                .Select(type => TestData.TasksByLabelType[type]),
        ];
        ITransformer chain = TestData.Keys(ml)
            .Append(ml.Transforms.NormalizeMeanVariance("Features"))
            .Append(ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
            {
                Tasks = tasks,
                SharedLayers = [6],
                HeadLayers = [3],
                Activation = Activation.GELU,
                LayerNormalization = true,
                ValidationFraction = 0.2f,
                MaximumNumberOfEpochs = 10,
                LearningRate = 0.01,
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("ColorName", "Color.PredictedLabel"))
            .Fit(data);
        using MultiTaskTransformer model = ml.MultiTask.Find(chain);
        ml.Model.Save(chain, data.Schema, path);
        File.WriteAllBytes(Path.ChangeExtension(path, ".scores"), MemoryMarshal.AsBytes<float>(Numbers(chain.Transform(TestData.Raw(ml, 20)))).ToArray());
    }

    /// <summary>The scores of all rows, column after column.</summary>
    private static float[] Numbers(IDataView scored) =>
    [
        .. _outputs.SelectMany(name => scored.Schema[name].Type is VectorDataViewType
            ? scored.GetColumn<float[]>(name).SelectMany(values => values)
            : scored.GetColumn<float>(name)),
    ];

    private static string PositiveLabel(DataViewSchema.Column column)
    {
        ReadOnlyMemory<char> value = default;
        column.Annotations.GetValue("PositiveLabel", ref value);
        return value.ToString();
    }
}
