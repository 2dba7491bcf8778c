using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A saved model is the same model, in any process, with nothing to register.</summary>
public sealed class PersistenceContract
{
    [Theory]
    [MemberData(nameof(TrainerCases.AllWithCultures), MemberType = typeof(TrainerCases))]
    public void A_chain_scores_the_same_bits_in_a_fresh_process(string trainerName, string culture)
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        IDataView data = TestData.Raw(ml);
        ITransformer chain = Chain(ml, trainerName).Fit(data);
        using MultiTaskTransformer model = ml.MultiTask.Find(chain);
        ml.Model.Save(chain, data.Schema, folder["model.zip"]);

        byte[] here = ScoreBytes.OfAddedColumns(data, chain.Transform(data));
        byte[] there = FreshProcess.Score(folder["model.zip"], data, culture);

        Assert.True(here.Length > 60 * 20);
        Assert.Equal(here, there);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.AllWithLabelTypes), MemberType = typeof(TrainerCases))]
    public void Every_label_type_survives_with_its_schema_and_scores(string trainerName, string labelType)
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        PredictionTask task = TestData.TasksByLabelType[labelType];
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = [task] }).Fit(data);
        ml.Model.Save(model, data.Schema, folder["model.zip"]);

        ITransformer loaded = new MLContext(2).Model.Load(folder["model.zip"], out DataViewSchema schema);
        using MultiTaskTransformer found = ml.MultiTask.Find(loaded);

        string[] columns = [.. task.OutputColumnNames];
        Assert.NotNull(schema.GetColumnOrNull("Features"));
        Assert.Equal(Shapes.Describe(Shapes.Of(model.GetOutputSchema(data.Schema)), columns), Shapes.Describe(Shapes.Of(found.GetOutputSchema(data.Schema)), columns));
        Assert.Equal(ScoreBytes.Of(model.Transform(data), columns), ScoreBytes.Of(found.Transform(data), columns));
        PredictionTask loadedTask = Assert.Single(found.Tasks);
        Assert.Equal((task.ToString(), task.LossWeight), (loadedTask.ToString(), loadedTask.LossWeight));
        foreach (string column in columns)
        {
            Assert.Equal(model.GetOutputSchema(data.Schema)[column].Type, found.GetOutputSchema(data.Schema)[column].Type);
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void What_tasks_were_told_survives(string trainerName)
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        PredictionTask[] tasks =
        [
            PredictionTask.MulticlassClassification("class", "Color", 0.5f, "c1", "c2"),
            PredictionTask.BinaryClassification("yes", "Sex", "male", 2f, 0.25f, "b1", "b2", "b3"),
            PredictionTask.Regression("number", "Size", 0.1f, "r1"),
            PredictionTask.MultilabelClassification("set", "TagNames", 3f, 0.75f, "m1", "m2"),
        ];
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = tasks }).Fit(data);
        ml.Model.Save(model, data.Schema, folder["model.zip"]);

        using MultiTaskTransformer loaded = ml.MultiTask.Find(ml.Model.Load(folder["model.zip"], out _));

        Assert.Equal(tasks.Select(task => task.Describe()), loaded.Tasks.Select(task => task.Describe()));
        string[] columns = [.. tasks.SelectMany(task => task.OutputColumnNames)];
        Assert.Equal(["c1", "c2", "b1", "b2", "b3", "r1", "m1", "m2"], columns);
        Assert.Equal(ScoreBytes.Of(model.Transform(data), columns), ScoreBytes.Of(loaded.Transform(data), columns));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Saving_again_writes_the_same_model(string trainerName)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml).Fit(data);
        using var first = new MemoryStream();
        ml.Model.Save(model, data.Schema, first);
        using MultiTaskTransformer loaded = ml.MultiTask.Find(ml.Model.Load(first, out _));
        using var second = new MemoryStream();
        ml.Model.Save(loaded, data.Schema, second);
        using MultiTaskTransformer again = ml.MultiTask.Find(ml.Model.Load(second, out _));

        string[] columns = [.. model.Tasks.SelectMany(task => task.OutputColumnNames)];
        Assert.Equal(ScoreBytes.Of(model.Transform(data), columns), ScoreBytes.Of(again.Transform(data), columns));
    }

    /// <summary>Built-in transforms before the trainer and after it.</summary>
    internal static IEstimator<ITransformer> Chain(MLContext ml, string trainerName) =>
        TestData.Keys(ml)
            .Append(ml.Transforms.NormalizeMeanVariance("Features"))
            .Append(TrainerCases.Create(trainerName, ml))
            .Append(ml.Transforms.Conversion.MapKeyToValue("ColorName", "Color.PredictedLabel"))
            .Append(ml.Transforms.Concatenate("All", "Color.Score", "Big.Probability", "Size.Score", "Tags.Score"));
}
