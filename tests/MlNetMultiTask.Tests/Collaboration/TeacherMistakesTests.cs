using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>What is said of teachers that can't teach, and of options that can't be.</summary>
public sealed class TeacherMistakesTests
{
    private static readonly string[] _colors = ["red", "green", "blue"];
    private static readonly PredictionTask _color = PredictionTask.MulticlassClassification("Color");
    private static readonly PredictionTask _yes = PredictionTask.BinaryClassification("Yes");
    private static readonly PredictionTask _number = PredictionTask.Regression("Number");

    private readonly MLContext _ml = new(1);
    private readonly TeacherRow[] _rows = TeacherRow.Draw(40);

    public static TheoryData<string, string[]> Faults => new()
    {
        { "NaN", ["'NumberScore'", "task 'Number'", "row 7", "NaN"] },
        { "probabilities", ["'ColorScores'", "task 'Color'", "row 3", "WithScores(\"Color\", TeacherScores.LogOdds)"] },
        { "sums", ["'ColorScores'", "do not sum to 1", "WithScores(\"Color\", TeacherScores.Probabilities)"] },
        { "column", ["no column 'Nmuber'", "task 'Number'", "'NumberScore'"] },
        { "type", ["'ColorScores'", "task 'Number'", "2 scores"] },
        { "text", ["'Note'", "task 'Number'", "vector of Single"] },
        { "names", ["'ColorScores'", "'violet'", "'red'"] },
        { "widths", ["2 scores", "task 'Color' has 3", "KeyValues"] },
        { "filter", ["gives 20 rows for data of 40", "filter them before"] },
        { "surplus", ["at least 41 rows", "data of 40"] },
        { "missing", ["'Gone'", "needs the columns", "MultiTask.Find"] },
        { "disposed", ["teacher has been disposed"] },
        { "live", ["OnTheFly", "batch by batch", "MultiTaskTransformer"] },
        { "order", ["other features", "AppendCacheCheckpoint"] },
        { "order behind other features", ["other features", "AppendCacheCheckpoint"] },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Teachers_that_can_not_teach_are_explained(string fault, string[] words)
    {
        PredictionTask[] tasks = [_color, _yes, _number];
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        ITransformer show = TeacherData.Show(_ml, data);
        Teacher teacher = AllColumns(data);
        switch (fault)
        {
            case "NaN":
                _rows[7].NumberScore = float.NaN;
                break;
            case "probabilities":
                _rows[3].ColorScores[1] = 1.5f;
                teacher = teacher.WithScores("Color", TeacherScores.Probabilities);
                break;
            case "sums":
                _rows[3].ColorScores = [0.5f, 0.1f, 0.1f];
                break;
            case "column":
                teacher = Teacher.From(show, ("Number", "Nmuber"));
                break;
            case "type":
                Array.ForEach(_rows, row => row.ColorScores = [1, 2]);
                data = TeacherData.Load(_ml, _rows, ["a", "b"]);
                teacher = Teacher.From(show, ("Number", "ColorScores"));
                break;
            case "text":
                teacher = Teacher.From(_ml.Transforms.Conversion.ConvertType("Note", "Number", DataKind.String).Fit(data), ("Number", "Note"));
                break;
            case "names":
                data = TeacherData.Load(_ml, _rows, ["violet", "white", "black"]);
                break;
            case "widths":
                Array.ForEach(_rows, row => row.ColorScores = [0.5f, 0.5f]);
                data = TeacherData.Load(_ml, _rows);
                break;
            case "filter":
                teacher = Teacher.From(new CountingTransformer(show, view => _ml.Data.TakeRows(view, 20)), ("Number", "NumberScore"));
                break;
            case "surplus":
                teacher = Teacher.From(new CountingTransformer(show, _ => TeacherData.Load(_ml, TeacherRow.Draw(5000), _colors)), ("Number", "NumberScore"));
                words = [words[0].Replace("41", "4096", StringComparison.Ordinal), words[1]];
                break;
            case "missing":
                IDataView with = _ml.Transforms.CopyColumns("Gone", "Number").Fit(data).Transform(data);
                teacher = Teacher.From(_ml.Transforms.CopyColumns("Copy", "Gone").Fit(with), ("Number", "Copy"));
                break;
            case "disposed":
                MultiTaskTransformer gone = Student(_number).Fit(data);
                gone.Dispose();
                teacher = Teacher.From(gone);
                break;
            case "order behind other features":
            case "order":
                if (fault != "order")
                {
                    // A teacher that begins by scaling hides the features as they were given.
                    teacher = Teacher.From(_ml.Transforms.NormalizeMeanVariance("Features").Fit(data).Append(show), ("Number", "NumberScore"));
                }

                int pass = 0;
                data = new ReadingView(data, () => _ml.Data.ShuffleRows(TeacherData.Load(_ml, _rows, _colors), seed: ++pass));
                break;
            default:
                break;
        }

        var options = new DistillationOptions { Teacher = teacher, Student = Student(tasks), Delivery = fault == "live" ? TeacherDelivery.OnTheFly : TeacherDelivery.Once };
        Exception e = Assert.ThrowsAny<Exception>(() => _ml.MultiTask.Trainers.Distillation(options).Fit(data));

        Assert.True(fault == "disposed" ? e is ObjectDisposedException : e is ArgumentException, e.ToString());
        Assert.All(words, word => Assert.Contains(word, e.Message, StringComparison.Ordinal));
    }

    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "teacher", ["Option Teacher", "null"] },
        { "student", ["Option Student", "null"] },
        { "nested", ["Option Student", "a distillation itself"] },
        { "temperature", ["Option Temperature", "is 0"] },
        { "weight", ["Option HardLabelWeight", "is 1.5"] },
        { "task", ["Option TaskSettings", "'Shape'", "'Number'"] },
        { "task temperature", ["Option TaskSettings", "'Number'", "Temperature", "-1"] },
        { "delivery", ["Option Delivery", "99"] },
        { "bytes", ["Option MaximumStoredBytes", "is 0"] },
        { "fidelity", ["Option MinimumFidelity", "is 2"] },
        { "fidelity to nobody", ["Option MinimumFidelity", "HardLabelWeight is 1"] },
        { "hot", ["Option Temperature", "at most 1000"] },
        { "no task", ["Option Teacher", "none of the student's tasks", "'Other'", "'Number'"] },
        { "stranger", ["Option Teacher", "'Other'", "does not have"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Options_that_can_not_be_are_named(string mistake, string[] words)
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        ITransformer show = TeacherData.Show(_ml, data);
        Teacher teacher = Teacher.From(show, ("Number", "NumberScore"));
        HardParameterSharingTrainer student = Student(_number);
        DistillationOptions options = mistake switch
        {
            "teacher" => new() { Student = student },
            "student" => new() { Teacher = teacher },
            "nested" => new() { Teacher = teacher, Student = _ml.MultiTask.Trainers.Distillation(teacher, student) },
            "temperature" => new() { Teacher = teacher, Student = student, Temperature = 0 },
            "weight" => new() { Teacher = teacher, Student = student, HardLabelWeight = 1.5f },
            "task" => new() { Teacher = teacher, Student = student, TaskSettings = new Dictionary<string, DistillationTaskSettings> { ["Shape"] = new() } },
            "task temperature" => new() { Teacher = teacher, Student = student, TaskSettings = new Dictionary<string, DistillationTaskSettings> { ["Number"] = new() { Temperature = -1 } } },
            "delivery" => new() { Teacher = teacher, Student = student, Delivery = (TeacherDelivery)99 },
            "bytes" => new() { Teacher = teacher, Student = student, MaximumStoredBytes = 0 },
            "fidelity to nobody" => new() { Teacher = teacher, Student = student, MinimumFidelity = 0.5, HardLabelWeight = 1 },
            "hot" => new() { Teacher = teacher, Student = student, Temperature = 1e30f },
            "fidelity" => new() { Teacher = teacher, Student = student, MinimumFidelity = 2 },
            "no task" => new() { Teacher = Teacher.From(show, ("Other", "NumberScore")), Student = student },
            _ => new() { Teacher = Teacher.From(show, ("Number", "NumberScore"), ("Other", "YesScore")), Student = student },
        };
        string message = Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.Distillation(options)).Message;

        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Teachers_are_refused_that_are_none_or_two()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        ITransformer show = TeacherData.Show(_ml, data);
        Teacher teacher = Teacher.From(show, ("Number", "NumberScore"));
        MultiTaskTrainer twice = _ml.MultiTask.Trainers.Ensemble(_ml.MultiTask.Trainers.Distillation(teacher, Student(_number)), 2);

        Assert.Contains("holds 0 multi-task models", Assert.Throws<ArgumentException>(() => Teacher.From(show)).Message, StringComparison.Ordinal);
        Assert.Contains("'Number'", Assert.Throws<ArgumentException>(() => Teacher.From(show, ("Number", "a"), ("Number", "b"))).Message, StringComparison.Ordinal);
        Assert.Contains("'Color'", Assert.Throws<ArgumentException>(() => teacher.WithScores("Color", TeacherScores.LogOdds)).Message, StringComparison.Ordinal);
        Assert.Contains("one teacher", Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.Distillation(teacher, twice).Fit(data)).Message, StringComparison.Ordinal);
        twice.Fit(data).Dispose();
    }

    private Teacher AllColumns(IDataView data) => Teacher.From(TeacherData.Show(_ml, data), ("Color", "ColorScores"), ("Yes", "YesScore"), ("Number", "NumberScore"));

    private HardParameterSharingTrainer Student(params PredictionTask[] tasks) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = tasks,
        SharedLayers = [8],
        HeadLayers = [],
        BatchSize = 16,
        LearningRate = 0.02,
        MaximumNumberOfEpochs = 3,
        Seed = 4,
    });
}
