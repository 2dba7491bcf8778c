using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A user's mistakes: each gets a message that names the column, what was found and what helps.</summary>
public sealed class MistakesContract
{
    /// <summary>Wrong label types: the task, the label column, and what the message must say.</summary>
    private static readonly (PredictionTask Task, string[] Says)[] _wrongLabels =
    [
        (PredictionTask.MulticlassClassification("Note"), ["'Note'", "String", "key column", "Conversion.MapValueToKey(\"Note\")"]),
        (PredictionTask.MulticlassClassification("Size"), ["'Size'", "Single", "key column"]),
        (PredictionTask.MulticlassClassification("TagNames"), ["'TagNames'", "vector of Key", "key column"]),
        (PredictionTask.BinaryClassification("Note"), ["'Note'", "String", "Boolean, Single", "Conversion.MapValue(\"Note\""]),
        (PredictionTask.BinaryClassification("Tags"), ["'Tags'", "vector of Boolean", "Boolean, Single"]),
        (PredictionTask.BinaryClassification("Sex"), ["'Sex'", "key", "positiveLabel"]),
        (PredictionTask.Regression("Note"), ["'Note'", "String", "Conversion.ConvertType(\"Note\""]),
        (PredictionTask.Regression("Big"), ["'Big'", "Boolean", "Single"]),
        (PredictionTask.Regression("Color"), ["'Color'", "Key<", "Single"]),
        (PredictionTask.MultilabelClassification("Note"), ["'Note'", "String", "vector of Boolean"]),
        (PredictionTask.MultilabelClassification("Color"), ["'Color'", "Key<", "vector of keys"]),
        (PredictionTask.MultilabelClassification("Big"), ["'Big'", "Boolean", "known-size vector"]),
    ];

    public static TheoryData<string, int> WrongLabels { get; } = Count(_wrongLabels.Length);

    [Theory]
    [MemberData(nameof(WrongLabels))]
    public void A_label_of_a_wrong_type(string trainerName, int index)
    {
        (PredictionTask task, string[] says) = _wrongLabels[index];
        AssertRefused(trainerName, new TrainerSetup { Tasks = [task] }, TestData.View, says);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_feature_column_that_is_not_there(string trainerName) =>
        AssertRefused(trainerName, new TrainerSetup { FeatureColumnName = "Faetures" }, TestData.View, "Feature column", "'Faetures'", "'Features'", "spelling");

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_label_column_that_is_not_there(string trainerName) =>
        AssertRefused(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Price")] }, TestData.View, "Label column of task 'Price'", "'Size'", "spelling");

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_weight_column_that_is_not_there_or_no_number(string trainerName)
    {
        AssertRefused(trainerName, new TrainerSetup { ExampleWeightColumnName = "Weights" }, TestData.View, "Example weight column", "'Weights'", "'Weight'");
        AssertRefused(trainerName, new TrainerSetup { ExampleWeightColumnName = "Note" }, TestData.View, "Example weight column 'Note'", "String", "ConvertType(\"Note\"");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Features_of_a_wrong_type(string trainerName)
    {
        AssertRefused(trainerName, new TrainerSetup { FeatureColumnName = "Weight" }, TestData.View, "'Weight' is Single", "known-size vector of Single", "Concatenate");
        AssertRefused(trainerName, new TrainerSetup { FeatureColumnName = "Tags", Tasks = [PredictionTask.Regression("Size")] }, TestData.View, "'Tags'", "vector of Boolean", "ConvertType");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Vectors_of_unknown_size(string trainerName)
    {
        static IDataView Load(MLContext ml, int count, uint seed) => ml.Data.LoadFromEnumerable(TestData.Rows(count, seed).Select(row => new Unsized { Features = row.Features, Fixed = row.Features, Size = row.Size, Numbers = row.Sizes, Flags = row.Tags }));

        AssertRefused(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Size")] }, Load, "'Features'", "unknown size", "[VectorType(n)]");
        AssertRefused(trainerName, new TrainerSetup { FeatureColumnName = "Fixed", Tasks = [PredictionTask.Regression("Numbers")] }, Load, "'Numbers'", "unknown size", "[VectorType(n)]");
        AssertRefused(trainerName, new TrainerSetup { FeatureColumnName = "Fixed", Tasks = [PredictionTask.MultilabelClassification("Flags")] }, Load, "'Flags'", "unknown size", "[VectorType(n)]");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Features_that_are_no_numbers(string trainerName)
    {
        AssertRefusedRows(trainerName, null, rows => (rows[7].Features[2], rows[9].Features[0]) = (float.NaN, float.NaN), "'Features'", "2 places", "NaN in row 7", "ReplaceMissingValues");
        AssertRefusedRows(trainerName, null, rows => rows[0].Features[3] = float.NegativeInfinity, "'Features'", "1 place", "row 0", "Infinity");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Labels_that_can_not_be(string trainerName)
    {
        AssertRefusedRows(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Size")] }, rows => rows[4].Size = float.PositiveInfinity, "'Size'", "1 place", "row 4", "finite");
        AssertRefusedRows(trainerName, new TrainerSetup { Tasks = [PredictionTask.BinaryClassification("BigNumber")] }, rows => rows[5].BigNumber = 2, "'BigNumber'", "first 2 in row 5", "0, 1 or NaN");
        AssertRefusedRows(trainerName, new TrainerSetup { Tasks = [PredictionTask.MultilabelClassification("TagNumbers")] }, rows => rows[6].TagNumbers[1] = -1, "'TagNumbers'", "first -1 in row 6", "0, 1 or NaN");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_task_without_any_label(string trainerName)
    {
        AssertRefusedRows(trainerName, null, rows => Array.ForEach(rows, row => row.Size = float.NaN), "'Size'", "no label in any of the 60 rows", "Leave the task out");
        AssertRefusedRows(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Size")] }, rows => Array.ForEach(rows, row => row.Size = float.NaN), "None of the 60 rows", "'Size'");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_task_with_one_class(string trainerName)
    {
        AssertRefusedRows(trainerName, null, rows => Array.ForEach(rows, row => row.Big = true), "'Big'", "one class only", "at least two");
        AssertRefusedRows(trainerName, null, rows => Array.ForEach(rows, row => row.Color = "red"), "'Color'", "one class only", "at least two");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_binary_task_on_a_key(string trainerName)
    {
        AssertRefusedInFit(trainerName, [PredictionTask.BinaryClassification("Color", positiveLabel: "red")], "'Color'", "3 values", "MulticlassClassification(\"Color\")");
        AssertRefusedInFit(trainerName, [PredictionTask.BinaryClassification("Sex", positiveLabel: "Female")], "'Sex'", "no value 'Female'", "'female'", "'male'");
        AssertRefusedInFit(trainerName, [PredictionTask.BinaryClassification("Plain", positiveLabel: "1")], "'Plain'", "KeyValues");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Weights_that_can_not_be(string trainerName)
    {
        var setup = new TrainerSetup { ExampleWeightColumnName = "Weight" };
        AssertRefusedRows(trainerName, setup, rows => rows[8].Weight = -1, "'Weight'", "first -1 in row 8", "0 or more");
        AssertRefusedRows(trainerName, setup, rows => rows[8].Weight = float.NaN, "'Weight'", "NaN in row 8");
        AssertRefusedRows(trainerName, setup, rows => Array.ForEach(rows, row => row.Weight = 0), "None of the 60 rows", "weight 0", "'Weight'");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Tasks_that_are_in_each_others_way(string trainerName)
    {
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [] }, "Tasks", "empty");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Size"), PredictionTask.Regression("Size")] }, "Tasks", "two tasks named 'Size'");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Features")] }, "'Features'", "feature column");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Size", scoreColumnName: "Features")] }, "'Features'", "would hide");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Size", scoreColumnName: "Size")] }, "'Size'", "would hide");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("a", "Size", scoreColumnName: "x"), PredictionTask.Regression("b", "Size", scoreColumnName: "x")] }, "two outputs", "'x'");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [PredictionTask.Regression("Size", lossWeight: 0)] }, "lossWeight 0");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { Tasks = [null!] }, "Tasks", "null");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Options_that_make_no_sense(string trainerName)
    {
        AssertRefusedAtOnce(trainerName, new TrainerSetup { MaximumNumberOfEpochs = 0 }, "MaximumNumberOfEpochs", "is 0", "1 or more");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { BatchSize = -1 }, "BatchSize", "is -1", "1 or more");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { FeatureColumnName = " " }, "FeatureColumnName", "empty");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { ExampleWeightColumnName = "" }, "ExampleWeightColumnName", "empty");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { NumberOfThreads = 0 }, "NumberOfThreads", "is 0");
        AssertRefusedAtOnce(trainerName, new TrainerSetup { LearningRate = null! }, "LearningRate", "null");
    }

    [Fact]
    public void Arguments_that_make_no_sense()
    {
        Says(Assert.ThrowsAny<ArgumentException>(() => LearningRateSchedule.Constant(-0.1)), "learning rate", "-0.1", "above 0");
        Says(Assert.ThrowsAny<ArgumentException>(() => LearningRateSchedule.Cosine(0)), "learning rate", "above 0");
        Says(Assert.ThrowsAny<ArgumentException>(() => LearningRateSchedule.Cosine(double.NaN)), "learning rate", "NaN");
        Says(Assert.ThrowsAny<ArgumentException>(() => PredictionTask.Regression("Size", lossWeight: -1)), "lossWeight", "-1", "0 or more");
        Says(Assert.ThrowsAny<ArgumentException>(() => PredictionTask.Regression("Size", lossWeight: float.NaN)), "lossWeight", "NaN");
        Says(Assert.ThrowsAny<ArgumentException>(() => PredictionTask.Regression(" ")), "name");
        Says(Assert.ThrowsAny<ArgumentException>(() => PredictionTask.BinaryClassification("Big", decisionThreshold: 1.5f)), "threshold", "between 0 and 1");
        Says(Assert.ThrowsAny<ArgumentException>(() => TaskBalancing.Fixed(("Size", -1))), "'Size'", "-1");
        Says(Assert.ThrowsAny<ArgumentException>(() => new MLContext(1).MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), SharedLayers = [8, 0] })), "SharedLayers", "0 units");
        Says(Assert.ThrowsAny<ArgumentException>(() => new MLContext(1).MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), Balancing = TaskBalancing.Fixed(("Price", 1)) })), "'Price'", "no task");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Data_without_rows(string trainerName)
    {
        var ml = new MLContext(1);
        Says(Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, ml).Fit(TestData.Map(ml, []))), "no rows");
        Says(Assert.Throws<ArgumentNullException>(() => TrainerCases.Create(trainerName, ml).Fit(null!)), "null");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Other_features_at_scoring_than_in_training(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        IDataView five = fitted.ML.Transforms.Concatenate("Features", "Features", "Weight").Fit(fitted.Data).Transform(fitted.Data);
        IDataView none = fitted.ML.Transforms.DropColumns("Features").Fit(fitted.Data).Transform(fitted.Data);

        Says(Assert.Throws<ArgumentException>(() => fitted.Model.Transform(five)), "'Features'", "5 slots", "trained with 4", "save and load the whole chain");
        Says(Assert.Throws<ArgumentException>(() => fitted.Model.Transform(none)), "Feature column", "'Features'", "'Weight'");
        Says(Assert.Throws<ArgumentException>(() => fitted.Model.GetOutputSchema(none.Schema)), "Feature column");
        Says(Assert.Throws<ArgumentException>(() => ((ITransformer)fitted.Model).GetRowToRowMapper(five.Schema)), "5 slots");
        Says(Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, fitted.ML).Fit(five, fitted.Data)), "validation data have 4 features", "training data 5");
        Says(Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, fitted.ML).Fit(five, null, fitted.Model)), "training data have 5 features", "initial model 4");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Going_on_from_what_does_not_fit(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        ITransformer none = fitted.ML.Transforms.CopyColumns("x", "Size").Fit(fitted.Data);
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, fitted.ML);
        MultiTaskTrainer fewer = TrainerCases.Create(trainerName, fitted.ML, new TrainerSetup { Tasks = [PredictionTask.Regression("Size")] });

        Says(Assert.Throws<ArgumentException>(() => trainer.Fit(fitted.Data, null, none)), "holds 0 multi-task models", "exactly one");
        Says(Assert.Throws<ArgumentException>(() => fewer.Fit(fitted.Data, null, fitted.Model)), "Regression 'Size'", "BinaryClassification 'Big'", "the same");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Evaluating_what_can_not_be_evaluated(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        MultiTaskCatalog catalog = fitted.ML.MultiTask;
        IDataView unlabelled = fitted.ML.Transforms.DropColumns("Size").Fit(fitted.Scored).Transform(fitted.Scored);

        Says(Assert.Throws<ArgumentException>(() => catalog.Evaluate(fitted.Data, fitted.Model.Tasks)), "'Color.Score'", "'Color'", "Transform first");
        Says(Assert.Throws<ArgumentException>(() => catalog.Evaluate(unlabelled, fitted.Model.Tasks)), "Label column 'Size'", "labels beside the scores");
        Says(Assert.Throws<ArgumentException>(() => catalog.Evaluate(fitted.Scored, [])), "no task", "model.Tasks");
        Says(Assert.Throws<ArgumentException>(() => catalog.Evaluate(fitted.Scored, [PredictionTask.Regression("Size", scoreColumnName: "Color.Score")])), "'Color.Score'", "label's type");
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Loading_a_damaged_file(string trainerName)
    {
        using var fitted = new Fitted(trainerName);
        using var stream = new MemoryStream();
        fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, stream);
        byte[] whole = stream.ToArray();

        foreach (string entry in (string[])["Manifest.json", "Weights.bin", "Model.key"])
        {
            string message = LoadMessage(fitted.ML, DamagedModel.Flip(whole, entry));
            Assert.Contains("damaged", message, StringComparison.Ordinal);
            Assert.Contains("multi-task model", message, StringComparison.Ordinal);

            // A cut or absent Model.key is found by ML.NET itself.
            string cut = LoadMessage(fitted.ML, DamagedModel.Truncate(whole, entry));
            string gone = LoadMessage(fitted.ML, DamagedModel.Remove(whole, entry));
            Assert.True(entry == "Model.key" || (cut.Contains("damaged", StringComparison.Ordinal) && gone.Contains($"{entry}'", StringComparison.Ordinal)), cut + gone);
        }

        Assert.NotEmpty(LoadMessage(fitted.ML, whole[..(whole.Length / 2)]));
    }

    private static string LoadMessage(MLContext ml, byte[] file)
    {
        Exception e = Assert.ThrowsAny<Exception>(() => ml.Model.Load(new MemoryStream(file), out _));
        return e.GetBaseException().Message;
    }

    private static TheoryData<string, int> Count(int count)
    {
        var data = new TheoryData<string, int>();
        foreach (string trainer in TrainerCases.All)
        {
            for (int i = 0; i < count; i++)
            {
                data.Add(trainer, i);
            }
        }

        return data;
    }

    /// <summary>Refused when the trainer is made.</summary>
    private static void AssertRefusedAtOnce(string trainerName, TrainerSetup setup, params string[] says)
    {
        var ml = new MLContext(1);
        Says(Assert.ThrowsAny<ArgumentException>(() => TrainerCases.Create(trainerName, ml, setup)), says);
    }

    /// <summary>Refused from the shape alone, and by Fit.</summary>
    private static void AssertRefused(string trainerName, TrainerSetup setup, Func<MLContext, int, uint, IDataView> load, params string[] says)
    {
        var ml = new MLContext(1);
        IDataView data = load(ml, 60, 1);
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml, setup);
        Says(Assert.Throws<ArgumentException>(() => trainer.GetOutputSchema(Shapes.Of(data.Schema))), says);
        Says(Assert.Throws<ArgumentException>(() => trainer.Fit(data)), says);
    }

    private static void AssertRefusedInFit(string trainerName, PredictionTask[] tasks, params string[] says)
    {
        var ml = new MLContext(1);
        Says(Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, ml, new TrainerSetup { Tasks = tasks }).Fit(TestData.View(ml))), says);
    }

    /// <summary>Refused when the rows are read, in training and in validation data.</summary>
    private static void AssertRefusedRows(string trainerName, TrainerSetup? setup, Action<Example[]> spoil, params string[] says)
    {
        var ml = new MLContext(1);
        Example[] rows = TestData.Rows();
        spoil(rows);
        IDataView data = ml.Data.Cache(TestData.Map(ml, rows));
        Says(Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, ml, setup).Fit(data)), says);
    }

    private static void Says(Exception e, params string[] parts) =>
        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.OrdinalIgnoreCase));

    private sealed class Unsized
    {
        public float[] Features { get; set; } = [];

        [VectorType(TestData.FeatureCount)]
        public float[] Fixed { get; set; } = [];

        public float Size { get; set; }

        public float[] Numbers { get; set; } = [];

        public bool[] Flags { get; set; } = [];
    }
}
