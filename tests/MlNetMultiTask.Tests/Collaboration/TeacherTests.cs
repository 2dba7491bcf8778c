using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Who can teach, and how its answers are read.</summary>
public sealed class TeacherTests : IDisposable
{
    private static readonly string[] _colors = ["red", "green", "blue"];
    private static readonly PredictionTask _color = PredictionTask.MulticlassClassification("Color");
    private static readonly PredictionTask _yes = PredictionTask.BinaryClassification("Yes");
    private static readonly PredictionTask _number = PredictionTask.Regression("Number");

    private readonly MLContext _ml = new(1);
    private readonly List<string> _messages = [];
    private readonly TeacherRow[] _rows = TeacherRow.Draw(40);
    private readonly TemporaryFolder _folder = new();

    public TeacherTests() => _ml.Log += (_, e) => _messages.Add(e.Message);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_from_a_file_teaches_as_the_model_itself_and_so_does_a_chain_that_holds_it()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        using MultiTaskTransformer model = Student(_color, _yes, _number).Fit(data);
        _ml.Model.Save(model, data.Schema, _folder["model.zip"]);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(_folder["model.zip"], out _);
        ITransformer chain = new TransformerChain<ITransformer>(_ml.Transforms.CopyColumns("Copy", "Number").Fit(data), loaded);
        byte[][] students = [.. new[] { model, loaded, chain }.Select(teacher => Teach(Teacher.From(teacher), data))];

        Assert.Equal(students[0], students[1]);
        Assert.Equal(students[0], students[2]);
    }

    [Fact]
    public void Log_odds_and_probabilities_of_the_same_teacher_make_the_same_student()
    {
        TeacherRow[] odds = TeacherRow.Draw(40);
        Array.ForEach(odds, row =>
        {
            row.ColorScores = Array.ConvertAll(row.ColorScores, score => MathF.Log(score) + 5);
            row.YesScore = 1 / (1 + MathF.Exp(-row.YesScore));
        });
        float[] first = Scores(AllColumns(TeacherData.Load(_ml, _rows, _colors)), TeacherData.Load(_ml, _rows, _colors));
        IDataView other = TeacherData.Load(_ml, odds, _colors);

        Assert.Equal(first, Scores(AllColumns(other), other), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(first, Scores(AllColumns(other).WithScores("Color", TeacherScores.LogOdds).WithScores("Yes", TeacherScores.Probabilities), other), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.NotEqual(first, Scores(AllColumns(other).WithScores("Yes", TeacherScores.LogOdds), other), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void The_probability_that_belongs_to_a_raw_score_is_taken_instead()
    {
        PredictionTask yes = PredictionTask.BinaryClassification("Yes", scoreColumnName: "Raw", probabilityColumnName: "Likely", predictedLabelColumnName: "Decided");
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        using MultiTaskTransformer model = Student(yes).Fit(data);
        float[] score = Scores(Teacher.From(model, ("Yes", "Raw")), data);
        float[] probability = Scores(Teacher.From(model, ("Yes", "Likely")), data);
        float[] own = Scores(Teacher.From(model), data);

        Assert.Equal(score, probability);
        Assert.Equal(own, score, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Theory]
    [InlineData("female", false)]
    [InlineData("male", true)]
    public void Yes_is_matched_by_name_too(string positive, bool inverted)
    {
        IDataView data = TestData.View(_ml);
        PredictionTask theirs = PredictionTask.BinaryClassification("Sex", positiveLabel: "female");
        PredictionTask ours = PredictionTask.BinaryClassification("Sex", positiveLabel: positive);
        HardParameterSharingTrainer Train(PredictionTask task, int epochs) => _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = [task], LearningRate = 0.01, MaximumNumberOfEpochs = epochs });
        using MultiTaskTransformer teacher = Train(theirs, 30).Fit(data);
        using MultiTaskTransformer student = _ml.MultiTask.Trainers.Distillation(new DistillationOptions { Teacher = Teacher.From(teacher), Student = Train(ours, 60), HardLabelWeight = 0, MinimumFidelity = 0.9 }).Fit(data);
        bool[] Decisions(MultiTaskTransformer model) => [.. model.Transform(data).GetColumn<bool>("Sex.PredictedLabel")];

        double same = Decisions(teacher).Zip(Decisions(student)).Count(pair => pair.First == pair.Second) / 60.0;
        Assert.True(inverted ? same < 0.1 : same > 0.9, $"{same}");
    }

    [Fact]
    public void Answers_are_kept_in_32_or_16_bits_or_asked_for_batch_by_batch_and_make_nearly_the_same_student()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        using MultiTaskTransformer model = Student(_color, _yes, _number).Fit(data);
        float[] Deliver(TeacherDelivery delivery, long bytes) => Scores(new DistillationOptions { Teacher = Teacher.From(model), Student = Student(_color, _yes, _number), Delivery = delivery, MaximumStoredBytes = bytes }, data);

        // 40 rows of 5 numbers.
        float[] whole = Deliver(TeacherDelivery.Automatic, 800);
        Assert.Contains(_messages, message => message.Contains("take 800 bytes", StringComparison.Ordinal));
        float[] half = Deliver(TeacherDelivery.Automatic, 799);
        Assert.Contains(_messages, message => message.Contains("take 400 bytes", StringComparison.Ordinal));
        float[] live = Deliver(TeacherDelivery.Automatic, 399);
        Assert.Contains(_messages, message => message.Contains("asked batch by batch", StringComparison.Ordinal));

        Assert.NotEqual(whole, half);
        Assert.Equal(whole, half, (a, b) => Math.Abs(a - b) < 2e-2);
        Assert.Equal(whole, live, (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(live, Deliver(TeacherDelivery.OnTheFly, 1 << 20));
        Assert.Contains("allows 399", Assert.Throws<ArgumentException>(() => Deliver(TeacherDelivery.Once, 399)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_is_asked_once_for_all_members_of_an_ensemble()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        var counting = new CountingTransformer(TeacherData.Show(_ml, data));
        MultiTaskTrainer student = _ml.MultiTask.Trainers.Ensemble(new EnsembleOptions { Members = [Student(_number)], NumberOfMembers = 3, Bootstrap = true, FeatureFraction = 0.5 });
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(Teacher.From(counting, ("Number", "NumberScore")), student).Fit(data);

        Assert.Equal(1, counting.Transforms);
        Assert.Equal(3, model.Members.Count);
    }

    [Fact]
    public void Tasks_that_the_teacher_does_not_know_are_learned_from_labels()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        MultiTaskTrainer student = _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions { Tasks = [_yes, _number], TrunkLayers = [8], SharingStrength = 0, MaximumNumberOfEpochs = 3 });
        using MultiTaskTransformer plain = student.Fit(data);
        using MultiTaskTransformer taught = _ml.MultiTask.Trainers.Distillation(Teacher.From(TeacherData.Show(_ml, data), ("Number", "NumberScore")), student).Fit(data);

        // Of networks that share nothing, that of the other task is the plain one.
        Assert.Equal(ScoreBytes.Of(plain.Transform(data), "Yes.Score"), ScoreBytes.Of(taught.Transform(data), "Yes.Score"));
        Assert.NotEqual(ScoreBytes.Of(plain.Transform(data), "Number.Score"), ScoreBytes.Of(taught.Transform(data), "Number.Score"));
    }

    [Fact]
    public void Without_names_outputs_are_matched_by_their_order_with_a_warning()
    {
        IDataView named = TeacherData.Load(_ml, _rows, _colors);
        IDataView nameless = TeacherData.Load(_ml, _rows);
        float[] first = Scores(AllColumns(named), named);
        Assert.DoesNotContain(_messages, message => message.Contains("by their order", StringComparison.Ordinal));

        Assert.Equal(first, Scores(AllColumns(nameless), nameless));
        Assert.Contains(_messages, message => message.Contains("'Color'", StringComparison.Ordinal) && message.Contains("by their order", StringComparison.Ordinal));
    }

    [Fact]
    public void Students_must_reach_the_agreement_that_is_asked_for()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        DistillationTrainer Trainer(double minimum, MultiTaskTrainer student) => _ml.MultiTask.Trainers.Distillation(new DistillationOptions { Teacher = student.Tasks.Count == 1 ? Teacher.From(TeacherData.Show(_ml, data), ("Number", "NumberScore")) : AllColumns(data), Student = student, MinimumFidelity = minimum });
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Trainer(0.999, Student(_color, _yes, _number)).Fit(data));
        string[] words = ["task '", "40 rows", "MinimumFidelity asks for 0.999", "Train longer"];
        HardParameterSharingTrainer held = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = [_number], MaximumNumberOfEpochs = 1, ValidationFraction = 0.25f });

        Assert.All(words, word => Assert.Contains(word, e.Message, StringComparison.Ordinal));
        Assert.Contains("over 10 rows", Assert.Throws<InvalidOperationException>(() => Trainer(1, held).Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains("over 7 rows", Assert.Throws<InvalidOperationException>(() => Trainer(1, held).Fit(data, TeacherData.Load(_ml, _rows[..7], _colors))).Message, StringComparison.Ordinal);
        Trainer(0.5, _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = [_number], MaximumNumberOfEpochs = 200, LearningRate = 0.01 })).Fit(data).Dispose();
    }

    [Fact]
    public void A_run_that_was_cut_off_goes_on_with_its_own_teacher_only()
    {
        IDataView data = TeacherData.Load(_ml, _rows, _colors);
        using var source = new CancellationTokenSource();
        byte[] Train(float temperature, Action<TrainingProgress>? then = null)
        {
            HardParameterSharingTrainer student = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
            {
                Tasks = [_color, _yes, _number],
                MaximumNumberOfEpochs = 4,
                Seed = 3,
                Checkpointing = new Checkpointing(_folder["run"]),
                Progress = then is null ? null : new Listener(then),
                CancellationToken = then is null ? default : source.Token,
            });
            using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(AllColumns(data), student, temperature).Fit(data);
            return ScoreBytes.Of(model.Transform(data), "Color.Score", "Number.Score");
        }

        byte[] whole = Train(3);
        Assert.Throws<OperationCanceledException>(() => Train(3, progress =>
        {
            if (progress.Epoch == 2)
            {
                source.Cancel();
            }
        }));

        Assert.Contains("temperature and hard label weight of task 'Color'", Assert.ThrowsAny<Exception>(() => Train(2)).Message, StringComparison.Ordinal);
        Assert.Equal(whole, Train(3));
    }

    private sealed class Listener(Action<TrainingProgress> then) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => then(value);
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

    private byte[] Teach(Teacher teacher, IDataView data)
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(teacher, Student(_color, _yes, _number)).Fit(data);
        return ScoreBytes.Of(model.Transform(data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);
    }

    private float[] Scores(Teacher teacher, IDataView data) => Scores(new DistillationOptions { Teacher = teacher, Student = Student(teacher.TaskNames.Count == 1 ? [_yes] : [_color, _yes, _number]), HardLabelWeight = 0.1f }, data);

    private float[] Scores(DistillationOptions options, IDataView data)
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.Distillation(options).Fit(data);
        IDataView scored = model.Transform(data);
        return [.. scored.GetColumn<float>("Yes.Score"), .. model.Tasks.Count == 1 ? [] : scored.GetColumn<float[]>("Color.Score").SelectMany(row => row), .. model.Tasks.Count == 1 ? [] : scored.GetColumn<float>("Number.Score").Select(number => number / 20)];
    }
}
