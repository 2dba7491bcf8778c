using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>What a trainer promises of its output before training is what the fitted model gives.</summary>
public sealed class SchemaContract
{
    [Theory]
    [MemberData(nameof(TrainerCases.AllWithLabelTypes), MemberType = typeof(TrainerCases))]
    public void The_promised_shape_is_that_of_the_fitted_schema(string trainerName, string labelType)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        PredictionTask task = TestData.TasksByLabelType[labelType];
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = [task] });

        SchemaShape promised = trainer.GetOutputSchema(Shapes.Of(data.Schema));
        using MultiTaskTransformer model = trainer.Fit(data);
        SchemaShape real = Shapes.Of(model.GetOutputSchema(data.Schema));

        Assert.Equal(real.Select(column => column.Name).Order(), promised.Select(column => column.Name).Order());
        Assert.Equal(Shapes.Describe(real, real.Select(column => column.Name)), Shapes.Describe(promised, real.Select(column => column.Name)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.AllWithLabelTypes), MemberType = typeof(TrainerCases))]
    public void The_promise_holds_inside_a_chain(string trainerName, string labelType)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.Raw(ml);
        PredictionTask task = TestData.TasksByLabelType[labelType];
        EstimatorChain<MultiTaskTransformer> chain = TestData.Keys(ml)
            .Append(ml.Transforms.NormalizeMinMax("Features"))
            .Append(TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = [task] }));

        SchemaShape promised = chain.GetOutputSchema(Shapes.Of(data.Schema));
        using TransformerChain<MultiTaskTransformer> model = chain.Fit(data);
        SchemaShape real = Shapes.Of(model.GetOutputSchema(data.Schema));

        Assert.Equal(Shapes.Describe(real, task.OutputColumnNames), Shapes.Describe(promised, task.OutputColumnNames));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void The_view_the_mapper_and_the_transformer_show_the_same_columns(string trainerName)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml).Fit(data);

        DataViewSchema schema = model.GetOutputSchema(data.Schema);
        IRowToRowMapper mapper = ((ITransformer)model).GetRowToRowMapper(data.Schema);

        string[] names = [.. schema.Select(column => column.Name)];
        Assert.True(model.IsRowToRowMapper);
        Assert.Same(mapper.OutputSchema, mapper.OutputSchema);
        Assert.Equal([.. data.Schema.Select(column => column.Name), .. model.Tasks.SelectMany(task => task.OutputColumnNames)], names);
        Assert.Equal(Shapes.Describe(Shapes.Of(schema), names), Shapes.Describe(Shapes.Of(model.Transform(data).Schema), names));
        Assert.Equal(Shapes.Describe(Shapes.Of(schema), names), Shapes.Describe(Shapes.Of(mapper.OutputSchema), names));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Each_task_has_a_score_column_set_of_its_own_beyond_those_there_are(string trainerName)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml).Fit(data);
        IDataView once = model.Transform(data);
        IDataView twice = model.Transform(once);

        uint[] first = [.. model.Tasks.Select(task => SetId(once.Schema[task.ScoreColumnName]))];
        uint[] second = [.. model.Tasks.Select(task => SetId(twice.Schema[task.ScoreColumnName]))];

        Assert.Equal(first.Length, first.Distinct().Count());
        Assert.True(first.Max() < second.Min());
        foreach (PredictionTask task in model.Tasks)
        {
            Assert.Single(task.OutputColumnNames.Select(name => SetId(once.Schema[name])).Distinct());
            ReadOnlyMemory<char> kind = default;
            once.Schema[task.ScoreColumnName].Annotations.GetValue("ScoreColumnKind", ref kind);
            Assert.Equal(task.Kind, kind.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Class_names_keep_their_type(string trainerName)
    {
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        PredictionTask[] tasks = [TestData.TasksByLabelType["key of numbers"], TestData.TasksByLabelType["key of dates"]];
        using MultiTaskTransformer model = TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = tasks }).Fit(data);
        DataViewSchema schema = model.GetOutputSchema(data.Schema);

        VBuffer<int> grades = default;
        VBuffer<DateTime> days = default;
        VBuffer<ReadOnlyMemory<char>> slots = default;
        schema["Grade.PredictedLabel"].GetKeyValues(ref grades);
        schema["Day.PredictedLabel"].GetKeyValues(ref days);
        schema["Grade.Score"].GetSlotNames(ref slots);

        Assert.Equal([10, 20, 30], grades.DenseValues().Order());
        Assert.All(days.DenseValues(), day => Assert.Equal(new TimeSpan(12, 30, 0), day.TimeOfDay));
        Assert.Equal(grades.DenseValues().Select(grade => grade.ToString(System.Globalization.CultureInfo.InvariantCulture)), slots.DenseValues().Select(name => name.ToString()));
    }

    private static uint SetId(DataViewSchema.Column column)
    {
        uint id = 0;
        column.Annotations.GetValue("ScoreColumnSetId", ref id);
        return id;
    }
}
