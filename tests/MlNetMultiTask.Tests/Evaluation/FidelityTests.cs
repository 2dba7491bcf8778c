using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Collaboration;
using MlNetMultiTask.Tests.Tasks;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>What a distillation was worth, in figures.</summary>
public sealed class FidelityTests
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Color"), PredictionTask.BinaryClassification("Yes"), PredictionTask.Regression("Number")];
    private static readonly string[] _colors = ["red", "green", "blue"];

    private readonly MLContext _ml = new(1);
    private readonly TeacherRow[] _rows = TeacherRow.Draw(200);

    [Fact]
    public void A_model_agrees_with_itself_entirely_and_its_metrics_are_its_own()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        using MultiTaskTransformer model = Train(3, 8).Fit(data);
        FidelityReport report = _ml.MultiTask.MeasureFidelity(data, Teacher.From(model), model, model);

        Assert.All(report.Tasks, task => Assert.Equal((1, 200), (task.Agreement, task.RowCount)));
        Assert.All(report.Tasks, task => Assert.Equal(0, task.MeanAbsoluteDifference));
        Assert.All(report.StudentMetrics!.Tasks.SelectMany(task => task.Values.Select(value => (value.Value, report.TeacherMetrics![task.TaskName].Values[value.Key]))), pair => Assert.Equal(pair.Value, pair.Item2, 1e-4));
        Assert.Equal(report.StudentMetrics.ToString(), report.WithoutTeacherMetrics!.ToString());

        // 2 features to 8, and 8 to 3, 1 and 1, with biases.
        Assert.Equal((3 * 8) + (9 * 5), report.StudentCost.ParameterCount);
        Assert.Equal(report.StudentCost.FileSize, report.TeacherCost.FileSize);
        Assert.True(report.StudentCost.FileSize > 500 && report.StudentCost.RowsPerSecond > 100);
    }

    [Fact]
    public void Figures_are_those_of_the_definitions()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        Teacher teacher = Teacher.From(TeacherData.Show(_ml, data), ("Color", "ColorScores"), ("Yes", "YesScore"), ("Number", "NumberScore"));
        using MultiTaskTransformer student = Train(5, 8).Fit(data);
        FidelityReport report = _ml.MultiTask.MeasureFidelity(data, teacher, student);
        IDataView scored = student.Transform(data);
        float[] numbers = [.. scored.GetColumn<float>("Number.Score")];
        float[][] colors = [.. scored.GetColumn<float[]>("Color.Score")];
        float[] yes = [.. scored.GetColumn<float>("Yes.Score")];

        Assert.Equal(_rows.Zip(colors, (row, color) => Best(row.ColorScores) == Best(color)).Count(same => same) / 200.0, report["Color"].Agreement, 1e-9);
        Assert.Equal(_rows.Zip(colors, (row, color) => row.ColorScores.Zip(color, (a, b) => Math.Abs((double)a - b)).Average()).Average(), report["Color"].MeanAbsoluteDifference, 1e-5);
        Assert.Equal(_rows.Zip(yes, (row, own) => row.YesScore >= 0 == own >= 0).Count(same => same) / 200.0, report["Yes"].Agreement, 1e-9);
        Assert.Equal(PlainAgreement.GetConcordance([.. _rows.Select(row => row.NumberScore)], numbers), report["Number"].Agreement, 1e-5);
        Assert.Equal(_rows.Zip(numbers, (row, number) => Math.Abs((double)row.NumberScore - number)).Average(), report["Number"].MeanAbsoluteDifference, 1e-4);
        Assert.Equal(_rows.Count(row => _colors[Best(row.ColorScores)] == row.Color) / 200.0, report.TeacherMetrics!.Multiclass("Color").MicroAccuracy, 1e-9);
        Assert.Null(report.TeacherCost.ParameterCount);
        Assert.Null(report.WithoutTeacherMetrics);
    }

    [Fact]
    public void The_report_is_a_table_in_invariant_notation()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            IDataView data = TeacherData.Load(_ml, _rows, _colors);
            using MultiTaskTransformer teacher = Train(3, 64).Fit(data);
            using MultiTaskTransformer student = Train(3, 8).Fit(data);
            string[] lines = _ml.MultiTask.MeasureFidelity(data, Teacher.From(teacher), student, student).ToString().Split(Environment.NewLine);

            Assert.Equal(9, lines.Length);
            Assert.StartsWith("|  | Color: MicroAccuracy | Yes: Accuracy | Number: RSquared | parameters | bytes | rows/s |", lines[0], StringComparison.Ordinal);
            Assert.Matches(@"^\| teacher \| 0\.\d{4} \| 0\.\d{4} \| -?\d\.\d{4} \| 517 \| [\d,]+ \| [\d,]+ \|$", lines[2]);
            Assert.Contains("without teacher", lines[4], StringComparison.Ordinal);
            Assert.Matches(@"^Color \(MulticlassClassification, 200 rows\): agreement [01]\.\d{3}, mean absolute difference 0\.\d{3}$", lines[6]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_teacher_that_can_not_be_saved_has_no_size_and_one_of_other_tasks_is_refused()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        using MultiTaskTransformer student = Train(1, 8).Fit(data);
        Teacher unsaved = Teacher.From(new CountingTransformer(TeacherData.Show(_ml, data)), ("Yes", "YesScore"));
        FidelityReport report = _ml.MultiTask.MeasureFidelity(data, unsaved, student);

        Assert.Null(report.TeacherCost.FileSize);
        Assert.Contains("not saved", report.TeacherCost.NotSaved, StringComparison.Ordinal);
        Assert.Equal("Yes", Assert.Single(report.Tasks).TaskName);
        Assert.Contains("'Color'", Assert.Throws<ArgumentException>(() => report["Color"]).Message, StringComparison.Ordinal);
        Assert.Contains("none of the student's tasks", Assert.Throws<ArgumentException>(() => _ml.MultiTask.MeasureFidelity(data, Teacher.From(TeacherData.Show(_ml, data), ("Other", "YesScore")), student)).Message, StringComparison.Ordinal);
    }

    private HardParameterSharingTrainer Train(int epochs, int width) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = _tasks,
        SharedLayers = [width],
        HeadLayers = [],
        MaximumNumberOfEpochs = epochs,
        LearningRate = 0.01,
    });

    private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
}
