using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Students that learn from a teacher.</summary>
public sealed class DistillationTrainerTests : IDisposable
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Color"), PredictionTask.BinaryClassification("Yes"), PredictionTask.Regression("Number")];
    private static readonly string[] _colors = ["red", "green", "blue"];

    private readonly MLContext _ml = new(1);
    private readonly TeacherRow[] _rows = TeacherRow.Draw(40);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hard")]
    [InlineData("soft")]
    [InlineData("ensemble")]
    [InlineData("ensemble of two kinds")]
    [InlineData("joint")]
    [InlineData("mutual")]
    [InlineData("mutual of two kinds")]
    public void With_labels_alone_the_student_is_the_plain_trainer_bit_by_bit(string kind)
    {
        Array.ForEach(_rows[20..30], row => (row.Color, row.Yes, row.Number) = ("", float.NaN, float.NaN));
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        MultiTaskTrainer student = Create(kind);
        using MultiTaskTransformer plain = student.Fit(data);
        using MultiTaskTransformer taught = _ml.MultiTask.Trainers.Distillation(AllColumns(data), student, hardLabelWeight: 1).Fit(data);
        using MultiTaskTransformer other = _ml.MultiTask.Trainers.Distillation(AllColumns(data), student, hardLabelWeight: 0.99f).Fit(data);

        Assert.Equal(Bytes(plain, data), Bytes(taught, data));
        Assert.NotEqual(Bytes(plain, data), Bytes(other, data));
    }

    [Theory]
    [InlineData(3f, 0.3f)]
    [InlineData(1f, 0f)]
    [InlineData(5f, 0.8f)]
    public void The_loss_is_the_formula(float temperature, float alpha)
    {
        // Every fourth row has no label; a step that moves nothing shows the loss of the first weights.
        for (int i = 0; i < _rows.Length; i += 4)
        {
            (_rows[i].Color, _rows[i].Yes, _rows[i].Number) = ("", float.NaN, float.NaN);
        }

        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        MultiTaskTrainer student = Still();
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(AllColumns(data), student, temperature, alpha).Fit(data);
        IReadOnlyDictionary<string, double> losses = model.History!.Epochs[0].TrainingLosses;
        float[][] color = Vectors(model, data, "Color.Score");
        float[] yes = Numbers(model, data, "Yes.Score");
        float[] number = Numbers(model, data, "Number.Score");
        int[] labelled = [.. Enumerable.Range(0, _rows.Length).Where(i => i % 4 != 0)];
        double mean = labelled.Average(i => (double)_rows[i].Number);
        double deviation = Math.Sqrt(labelled.Average(i => Math.Pow(_rows[i].Number - mean, 2)));

        double Combine(Func<int, double> hard, Func<int, double> soft) =>
            (alpha * labelled.Average(hard)) + ((1 - alpha) * Enumerable.Range(0, _rows.Length).Average(soft));

        double[] Soften(IEnumerable<float> probabilities)
        {
            double[] powers = [.. probabilities.Select(p => Math.Pow(p, 1 / temperature))];
            return [.. powers.Select(power => power / powers.Sum())];
        }

        double Divergence(double[] p, double[] q) => temperature * temperature * p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
        double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
        float[] Both(float logOdds) => [(float)Sigmoid(logOdds), (float)Sigmoid(-logOdds)];

        Assert.Equal(Combine(i => -Math.Log(color[i][Array.IndexOf(_colors, _rows[i].Color)]), i => Divergence(Soften(_rows[i].ColorScores), Soften(color[i]))), losses["Color"], 2e-5);
        Assert.Equal(Combine(i => -Math.Log(Sigmoid(_rows[i].Yes == 1 ? yes[i] : -yes[i])), i => Divergence(Soften(Both(_rows[i].YesScore)), Soften(Both(yes[i])))), losses["Yes"], 2e-5);
        Assert.Equal(Combine(i => Math.Pow((number[i] - _rows[i].Number) / deviation, 2), i => Math.Pow((number[i] - _rows[i].NumberScore) / deviation, 2)), losses["Number"], 2e-5);
    }

    [Fact]
    public void A_teacher_with_its_classes_in_another_order_makes_the_same_student()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        TeacherRow[] reversed = TeacherRow.Draw(40);
        Array.ForEach(reversed, row => Array.Reverse(row.ColorScores));
        IDataView other = TeacherData.Load(_ml, reversed, [.. _colors.Reverse()]);
        MultiTaskTrainer student = Create("hard");
        using MultiTaskTransformer first = _ml.MultiTask.Trainers.Distillation(AllColumns(data), student).Fit(data);
        using MultiTaskTransformer second = _ml.MultiTask.Trainers.Distillation(AllColumns(other), student).Fit(other);

        Assert.Equal(Bytes(first, data), Bytes(second, data));
    }

    [Fact]
    public void A_class_that_only_the_teacher_knows_is_left_out_and_the_others_are_what_remains()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        TeacherRow[] more = TeacherRow.Draw(40);
        Array.ForEach(more, row => row.ColorScores = [0.5f, .. row.ColorScores.Select(score => score / 2)]);
        IDataView other = TeacherData.Load(_ml, more, ["violet", .. _colors]);
        MultiTaskTrainer student = Create("hard");
        using MultiTaskTransformer first = _ml.MultiTask.Trainers.Distillation(AllColumns(data), student).Fit(data);
        using MultiTaskTransformer second = _ml.MultiTask.Trainers.Distillation(AllColumns(other), student).Fit(other);

        Assert.Equal(Vectors(first, data, "Color.Score").SelectMany(row => row), Vectors(second, data, "Color.Score").SelectMany(row => row), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void A_class_that_the_teacher_does_not_know_has_for_it_the_probability_0()
    {
        TeacherRow[] fewer = TeacherRow.Draw(40);
        Array.ForEach(fewer, row => row.ColorScores = [0.75f, 0.25f]);
        IDataView data = TeacherData.Load(_ml, fewer, ["blue", "red"]);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(AllColumns(data), Create("hard", epochs: 200), hardLabelWeight: 0).Fit(data);

        Assert.All(Vectors(model, data, "Color.Score"), scores => Assert.True(scores[1] < 0.05 && Math.Abs(scores[2] - 0.75) < 0.15, string.Join(' ', scores)));
    }

    [Fact]
    public void Rows_without_labels_are_learned_from()
    {
        Array.ForEach(_rows[10..], row => (row.Color, row.Yes, row.Number) = ("", float.NaN, float.NaN));
        IDataView all = TeacherData.Load(_ml, _rows, _colors);
        IDataView labelled = TeacherData.Load(_ml, _rows[..10], _colors);
        DistillationTrainer trainer = _ml.MultiTask.Trainers.Distillation(AllColumns(all), Create("hard", epochs: 200), hardLabelWeight: 0.1f);
        using MultiTaskTransformer more = trainer.Fit(all);
        using MultiTaskTransformer few = trainer.Fit(labelled);
        double Error(MultiTaskTransformer model) => Numbers(model, all, "Number.Score").Zip(_rows, (score, row) => Math.Pow(score - row.NumberScore, 2)).Average();

        Assert.True(Error(more) < 0.5 * Error(few), $"{Error(more)} {Error(few)}");
    }

    [Fact]
    public void Weights_of_rows_and_of_a_task_are_for_both_terms()
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i].Weight = 1 + (i % 3);
            _rows[i].NumberWeight = i % 4;
            _rows[i].Number = i % 5 == 0 ? float.NaN : _rows[i].Number;
        }

        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        PredictionTask number = PredictionTask.Regression("Number", exampleWeightColumnName: "NumberWeight");
        HardParameterSharingTrainer student = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = [number],
            ExampleWeightColumnName = "Weight",
            BatchSize = 40,
            LearningRate = 1e-30,
            Optimizer = Optimizer.Sgd(),
            MaximumNumberOfEpochs = 1,
        });
        Teacher teacher = Teacher.From(TeacherData.Show(_ml, data), ("Number", "NumberScore"));
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(teacher, student, hardLabelWeight: 0.25f).Fit(data);
        float[] scores = Numbers(model, data, "Number.Score");
        int[] all = [.. Enumerable.Range(0, 40)];
        int[] labelled = [.. all.Where(i => i % 5 != 0)];
        double mean = labelled.Average(i => (double)_rows[i].Number);
        double deviation = Math.Sqrt(labelled.Average(i => Math.Pow(_rows[i].Number - mean, 2)));
        double rowMean = all.Average(i => (double)_rows[i].Weight);
        double Term(int[] rows, Func<TeacherRow, float> target) =>
            rows.Average(i => _rows[i].Weight / rowMean * _rows[i].NumberWeight / rows.Average(other => (double)_rows[other].NumberWeight) * Math.Pow((scores[i] - target(_rows[i])) / deviation, 2));

        // The loss is told in the mean over weighted rows, whose weights have the mean 1.
        Assert.Equal((0.25 * Term(labelled, row => row.Number)) + (0.75 * Term(all, row => row.NumberScore)), model.History!.Epochs[0].TrainingLosses["Number"], 1e-4);
    }

    [Fact]
    public void A_label_of_a_set_that_the_teacher_does_not_know_is_learned_from_labels()
    {
        IEstimator<ITransformer> labels = _ml.Transforms.CopyColumns("Second", "BigNumber").Append(_ml.Transforms.Concatenate("Pair", "BigNumber", "Second"));
        IDataView plain = TestData.View(_ml, 120);
        IDataView data = labels.Fit(plain).Transform(plain);

        // Labels say the same of both; the teacher knows the second alone, and says the contrary.
        ITransformer contrary = _ml.Transforms.Expression("Second", "x => 1.0f - x", "BigNumber").Append(_ml.Transforms.Concatenate("TeacherPair", "Second")).Fit(data);
        HardParameterSharingTrainer student = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = [PredictionTask.MultilabelClassification("Pair")], MaximumNumberOfEpochs = 40, LearningRate = 0.01 });
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(Teacher.From(contrary, ("Pair", "TeacherPair")), student, temperature: 1, hardLabelWeight: 0.3f).Fit(data);
        float[][] scores = Vectors(model, data, "Pair.Score");
        bool[] big = [.. plain.GetColumn<bool>("Big")];

        Assert.True(scores.Zip(big).Count(row => row.First[0] >= 0.5f == row.Second) > 105);
        Assert.True(scores.Zip(big).Count(row => row.First[1] >= 0.5f == row.Second) < 15);
    }

    [Theory]
    [InlineData(TeacherDelivery.Once)]
    [InlineData(TeacherDelivery.OnTheFly)]
    public void Without_any_label_the_teacher_tells_everything(TeacherDelivery delivery)
    {
        TeacherRow[] unlabelled = TeacherRow.Draw(60);
        Array.ForEach(unlabelled, row => (row.Color, row.Yes, row.Number) = ("", float.NaN, float.NaN));
        IDataView data = TeacherData.Load(_ml, unlabelled);
        using MultiTaskTransformer teacher = Create("hard", epochs: 60).Fit(TeacherData.Load(_ml, TeacherRow.Draw(60)));
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(new DistillationOptions
        {
            Teacher = Teacher.From(teacher),
            Student = Create("hard", epochs: 200),
            Delivery = delivery,
            MinimumFidelity = 0.9,
        }).Fit(data);
        MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(TeacherData.Load(_ml, TeacherRow.Draw(60))), _tasks);

        Assert.True(metrics.MeanAccuracy > 0.85 && metrics.Regression("Number").RSquared > 0.9, metrics.ToString());
    }

    [Theory]
    [InlineData("hard")]
    [InlineData("ensemble")]
    public void The_best_of_a_cancelled_training_is_given_back_where_its_fidelity_is_asked_for(string kind)
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        using var cancellation = new CancellationTokenSource();
        HardParameterSharingTrainer member = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = _tasks,
            SharedLayers = [8],
            HeadLayers = [],
            MaximumNumberOfEpochs = 50,
            OnCancellation = OnCancellation.ReturnBest,
            CancellationToken = cancellation.Token,
            Progress = new Report(progress =>
            {
                if (progress.Epoch == 3 && (kind == "hard" || progress.Member == 2))
                {
                    cancellation.Cancel();
                }
            }),
        });
        MultiTaskTrainer student = kind == "hard" ? member : _ml.MultiTask.Trainers.Ensemble(member, 3);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(new DistillationOptions { Teacher = AllColumns(data), Student = student, MinimumFidelity = 1e-6, TaskSettings = new Dictionary<string, DistillationTaskSettings> { ["Number"] = new() { HardLabelWeight = 1 } } }).Fit(data);

        Assert.True(cancellation.IsCancellationRequested);
        Assert.Equal(kind == "hard" ? 0 : 2, model.Members.Count);
    }

    [Fact]
    public void A_teacher_that_is_disposed_while_it_is_asked_batch_by_batch_is_told_of()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        MultiTaskTransformer teacher = Create("hard").Fit(data);
        HardParameterSharingTrainer student = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = _tasks, MaximumNumberOfEpochs = 5, Progress = new Report(_ => teacher.Dispose()) });
        DistillationTrainer distillation = _ml.MultiTask.Trainers.Distillation(new DistillationOptions { Teacher = Teacher.From(teacher), Student = student, Delivery = TeacherDelivery.OnTheFly });

        Assert.Contains("The teacher has been disposed", Assert.Throws<ObjectDisposedException>(() => distillation.Fit(data)).Message, StringComparison.Ordinal);
    }

    private static Teacher AllColumns(MLContext ml, IDataView data) =>
        Teacher.From(TeacherData.Show(ml, data), ("Color", "ColorScores"), ("Yes", "YesScore"), ("Number", "NumberScore")).WithScores("Yes", TeacherScores.LogOdds);

    private Teacher AllColumns(IDataView data) => AllColumns(_ml, data);

    private MultiTaskTrainer Create(string kind, int epochs = 3)
    {
        HardParameterSharingTrainer Hard(int width) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = _tasks,
            SharedLayers = [width],
            HeadLayers = [],
            BatchSize = 16,
            LearningRate = 0.02,
            MaximumNumberOfEpochs = epochs,
        });
        SoftParameterSharingTrainer Soft() => _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions { Tasks = _tasks, TrunkLayers = [8], HeadLayers = [], BatchSize = 16, LearningRate = 0.02, MaximumNumberOfEpochs = epochs });
        return kind switch
        {
            "hard" => Hard(16),
            "soft" => Soft(),
            "ensemble" => _ml.MultiTask.Trainers.Ensemble(Hard(8), 2),
            "joint" => _ml.MultiTask.Trainers.JointTraining([Hard(8), Soft()], ownLossWeight: 1),
            "mutual" => _ml.MultiTask.Trainers.MutualLearning(Hard(8)),
            "mutual of two kinds" => _ml.MultiTask.Trainers.MutualLearning([Hard(8), Soft()]),
            _ => _ml.MultiTask.Trainers.Ensemble([Hard(8), Soft()]),
        };
    }

    /// <summary>A student whose only step is too small to move it.</summary>
    private HardParameterSharingTrainer Still() => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = _tasks,
        SharedLayers = [4],
        HeadLayers = [],
        BatchSize = 40,
        LearningRate = 1e-30,
        Optimizer = Optimizer.Sgd(),
        MaximumNumberOfEpochs = 1,
    });

    private static byte[] Bytes(MultiTaskTransformer model, IDataView data) => ScoreBytes.Of(model.Transform(data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);

    private static float[] Numbers(MultiTaskTransformer model, IDataView data, string column) => [.. model.Transform(data).GetColumn<float>(column)];

    private static float[][] Vectors(MultiTaskTransformer model, IDataView data, string column) => [.. model.Transform(data).GetColumn<float[]>(column)];
}
