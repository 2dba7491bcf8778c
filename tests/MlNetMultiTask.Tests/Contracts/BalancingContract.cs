using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Every trainer with every balancing method, on tasks of all kinds of which many labels are missing.</summary>
public sealed class BalancingContract
{
    private static readonly PredictionTask[] _tasks = Tasks(size: 1, color: 1);

    /// <summary>The methods whose weights may all be 1: in the first epochs, or without conflicts.</summary>
    private static readonly string[] _evenAtTimes = ["Sum", "DynamicWeightAverage", "PCGrad", "GradVac"];

    private static TrainerSetup Setup => new() { Tasks = _tasks };

    [Fact]
    public void There_is_no_method_beside_those_of_the_contracts()
    {
        string[] methods = [.. typeof(TaskBalancing).GetMethods(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static).Where(method => method.ReturnType == typeof(TaskBalancing)).Select(method => method.Name)];

        Assert.Equal(methods.Order(StringComparer.Ordinal), BalancingMethods.All.Order(StringComparer.Ordinal));
        Assert.Equal(20, methods.Length);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Every_method_trains_and_its_weights_are_seen(string trainerName) =>
        Assert.All(Methods(trainerName), method =>
        {
            var reports = new List<TrainingProgress>();
            var ml = new MLContext(1);
            IDataView data = Data(ml);
            using MultiTaskTransformer model = Fit(ml, trainerName, Setup with { Balancing = Create(method), Progress = new Report(reports.Add) }, data);
            TrainingEpoch[] epochs = [.. Histories(model).SelectMany(history => history.Epochs)];

            AssertFinite(model.Transform(data));
            string[][] trained = TrainerCases.GetTrainedTasks(trainerName, [.. _tasks.Select(task => task.Name)]);
            Assert.Equal(2 * trained.Length, epochs.Length);
            Assert.All(epochs.Select(epoch => epoch.TaskWeights).Concat(reports.Select(report => report.TaskWeights)), weights =>
            {
                Assert.Contains(string.Join(' ', weights.Keys), trained.Select(tasks => string.Join(' ', tasks)));
                Assert.All(weights.Values, weight => Assert.True(double.IsFinite(weight)));
            });
            Assert.All(epochs, epoch => Assert.Equal(BalancingMethods.OnGradients.Contains(method) ? 3 : null, epoch.Gradients?.NumberOfSteps));
            if (!_evenAtTimes.Contains(method))
            {
                Assert.Contains(epochs[1].TaskWeights.Values, weight => Math.Abs(weight - 1) > 1e-4);
            }

            if (Alone(model))
            {
                Assert.Equal(epochs.Select(epoch => epoch.TaskWeights.Values), reports.Select(report => report.TaskWeights.Values));
                Assert.Equal(epochs.Select(epoch => epoch.Gradients?.ToString()), reports.Select(report => report.Gradients?.ToString()));
            }
        });

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void A_seed_gives_one_model_whatever_the_method_draws(string trainerName) =>
        Assert.All(Methods(trainerName).Intersect(BalancingMethods.Drawing), method => Assert.Equal(Train(trainerName, Setup with { Balancing = Create(method) }), Train(trainerName, Setup with { Balancing = Create(method) })));

    /// <summary>Losses that are 10,000 times others, and a task that weighs nothing.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Losses_of_far_apart_scales_stay_finite_with_every_method(string trainerName) =>
        Assert.All(Methods(trainerName), method =>
        {
            foreach (PredictionTask[] tasks in (PredictionTask[][])[Tasks(size: 1e4f, color: 1), Tasks(size: 1, color: 0)])
            {
                var ml = new MLContext(1);
                IDataView data = Data(ml);
                using MultiTaskTransformer model = Fit(ml, trainerName, Setup with { Tasks = tasks, Balancing = Create(method), BatchSize = 24 }, data);
                AssertFinite(model.Transform(data));
                Assert.All(Histories(model).SelectMany(history => history.Epochs).SelectMany(epoch => epoch.TrainingLosses.Concat(epoch.TaskWeights.Where(weight => tasks.First(task => task.Name == weight.Key).LossWeight > 0))), value => Assert.True(double.IsFinite(value.Value), value.Key));
            }
        });

    [Fact]
    public void A_task_of_weight_0_is_measured_and_moves_no_other() =>
        Assert.All(BalancingMethods.All, method =>
        {
            TrainingEpoch TrainLast(PredictionTask[] tasks)
            {
                var ml = new MLContext(1);
                using MultiTaskTransformer model = Fit(ml, "HardParameterSharing", Setup with { Tasks = tasks, Balancing = BalancingMethods.Create(method), Seed = 1 }, TestData.View(ml));
                return model.History!.Epochs[^1];
            }

            PredictionTask[] own = [PredictionTask.Regression("Size"), PredictionTask.BinaryClassification("Big"), PredictionTask.MultilabelClassification("Tags")];
            TrainingEpoch without = TrainLast(own);
            TrainingEpoch with = TrainLast([.. own, PredictionTask.MulticlassClassification("Color", lossWeight: 0)]);

            Assert.All(without.TaskWeights, weight => Assert.Equal(weight.Value, with.TaskWeights[weight.Key], 1e-6 * Math.Abs(weight.Value)));
            Assert.All(without.TrainingLosses, loss => Assert.Equal(loss.Value, with.TrainingLosses[loss.Key], 1e-6 * Math.Abs(loss.Value)));
            Assert.True(double.IsNaN(with.TaskWeights["Color"]));
            Assert.True(double.IsFinite(with.TrainingLosses["Color"]));
        });

    /// <summary>The same model bit by bit: the gradients that are learned from are computed anew after those that are compared.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfSharedParameters), MemberType = typeof(TrainerCases))]
    public void Gradients_that_are_compared_are_seen_and_change_nothing(string trainerName) =>
        Assert.All((string[])["Sum", "Uncertainty", "GradNorm", "FAMO", "MGDA"], method =>
        {
            TrainerSetup setup = TrainerCases.WithoutRefused(trainerName, Setup with { Balancing = Create(method), Dropout = 0.2 });
            var ml = new MLContext(1);
            IDataView data = Data(ml);
            using MultiTaskTransformer model = Fit(ml, trainerName, setup with { GradientSamplingInterval = 2 }, data);

            Assert.Equal(Train(trainerName, setup), Bytes(model, data));
            Assert.All(Histories(model), history =>
            {
                // Of three steps an epoch, the first and the last.
                Assert.Equal(method == "MGDA" ? [3, 3] : [2, 2], history.Epochs.Select(epoch => epoch.Gradients!.NumberOfSteps));
                Assert.All(history.Epochs.SelectMany(epoch => epoch.Gradients!.Norms.Values), norm => Assert.True(norm > 0));
                Assert.Equal(1, history.Epochs[0].Gradients!.GetCosine(history.TaskNames[^1], history.TaskNames[^1]), 1e-9);
                Assert.InRange(history.Epochs[0].Gradients!.GetCosine(history.TaskNames[^1], history.TaskNames[0]), -1, 1);
            });
        });

    /// <summary>The same model bit by bit, and what a method remembers: parameters are moved and put back.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.OfSharedParameters), MemberType = typeof(TrainerCases))]
    public void Looking_ahead_is_seen_and_changes_nothing(string trainerName) =>
        Assert.All((string[])["Sum", "GradNorm", "FAMO", "MGDA", "Random"], method =>
        {
            var reports = new List<TrainingProgress>();
            TrainerSetup setup = TrainerCases.WithoutRefused(trainerName, Setup with { Balancing = Create(method), Dropout = 0.2 });
            var ml = new MLContext(1);
            IDataView data = Data(ml);
            using MultiTaskTransformer model = Fit(ml, trainerName, setup with { AffinitySamplingInterval = 2, Progress = new Report(reports.Add) }, data);

            Assert.Equal(Train(trainerName, setup), Bytes(model, data));
            Assert.All(Histories(model), history =>
            {
                Assert.Equal(method == "MGDA" ? [3, 3] : [null, null], history.Epochs.Select(epoch => epoch.Gradients?.NumberOfSteps));

                // Of three steps an epoch, the first and the last.
                Assert.All(history.Epochs, epoch => Assert.Equal(2, epoch.Affinity!.NumberOfSteps));
                Assert.All(history.Epochs, epoch => Assert.Equal(history.TaskNames, epoch.Affinity!.TaskNames));
                Assert.All(history.TaskNames, task => Assert.InRange(history.Epochs[0].Affinity!.GetAffinity(task, task), 1e-9, 1));
                (string first, string last) = (history.TaskNames[0], history.TaskNames[^1]);
                Assert.InRange(history.Epochs[0].Affinity!.GetAffinity(last, first), -1, 1);
                Assert.NotEqual(history.Epochs[0].Affinity!.GetAffinity(last, first), history.Epochs[0].Affinity!.GetAffinity(first, last));
            });
            if (Alone(model))
            {
                Assert.Equal(model.History!.Epochs.Select(epoch => epoch.Affinity!.ToString()), reports.Select(report => report.Affinity!.ToString()));
            }
        });

    [Fact]
    public void Networks_without_shared_parameters_refuse_what_balances_or_compares_gradients()
    {
        var ml = new MLContext(1);
        IDataView data = Data(ml);
        Teacher teacher = Teacher.From(ml.Transforms.Conversion.ConvertType("TeacherScores", "Tags", DataKind.Single).Fit(TestData.Raw(ml, 1)), ("Tags", "TeacherScores"));
        string Refuse(Func<MultiTaskTrainer, MultiTaskTrainer> wrap, TrainerSetup setup) =>
            Assert.Throws<ArgumentException>(() => wrap(TrainerCases.Create("SoftParameterSharing", ml, setup)).Fit(data)).Message;

        Func<MultiTaskTrainer, MultiTaskTrainer>[] wraps =
        [
            trainer => trainer,
            trainer => ml.MultiTask.Trainers.Ensemble(trainer, numberOfMembers: 2),
            trainer => ml.MultiTask.Trainers.MutualLearning(trainer),
            trainer => ml.MultiTask.Trainers.Distillation(teacher, trainer),
        ];
        Assert.All(wraps, wrap =>
        {
            foreach (TaskBalancing method in BalancingMethods.OfSharedParameters.Select(BalancingMethods.Create))
            {
                string message = Refuse(wrap, Setup with { Balancing = method });
                Assert.Contains($"Balancing is {method.Name}", message, StringComparison.Ordinal);
                Assert.Contains("the network SoftParameterSharing", message, StringComparison.Ordinal);
            }

            string ahead = Refuse(wrap, Setup with { AffinitySamplingInterval = 5 });
            Assert.Contains("Option AffinitySamplingInterval", ahead, StringComparison.Ordinal);
            Assert.Contains("the network SoftParameterSharing", ahead, StringComparison.Ordinal);

            string sampling = Refuse(wrap, Setup with { GradientSamplingInterval = 5 });
            Assert.Contains("Option GradientSamplingInterval", sampling, StringComparison.Ordinal);
            Assert.Contains("the network SoftParameterSharing", sampling, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(BalancedGradients.OfParameters)]
    [InlineData(BalancedGradients.OfRepresentation)]
    public void A_frozen_task_has_no_gradient_and_no_weight_and_the_others_go_on(BalancedGradients mode) =>
        Assert.All(["MGDA", "PCGrad", "GradVac", "NashMTL", "UPGrad"], method =>
        {
            TrainerSetup setup = new()
            {
                Balancing = Create(method),
                BalancedGradients = mode,
                LearningRate = 0.05,
                MaximumNumberOfEpochs = 40,
                ValidationColumnName = "Held",
                EarlyStopping = new EarlyStopping { Patience = 3, FreezeTasks = true },
            };
            using var fitted = new Fitted("HardParameterSharing", setup);
            IReadOnlyList<TrainingEpoch> epochs = fitted.Model.History!.Epochs;
            string[] frozen = [.. fitted.Model.History.TaskNames.Where(task => epochs.Any(epoch => double.IsNaN(epoch.Gradients?.Norms[task] ?? 0)))];

            Assert.NotEmpty(frozen);
            Assert.All(frozen, task => Assert.All(epochs.SkipWhile(epoch => !double.IsNaN(epoch.Gradients?.Norms[task] ?? 0)), epoch =>
            {
                Assert.Equal(0, epoch.TaskWeights[task]);
                Assert.True(double.IsNaN(epoch.Gradients?.Norms[task] ?? double.NaN));
            }));
            Assert.Contains(epochs, epoch => epoch.Gradients is { } gradients && gradients.Norms.Values.Any(double.IsNaN) && gradients.Norms.Values.Any(norm => norm > 0));
        });

    private static TaskBalancing Create(string method) => method == "Fixed" ? TaskBalancing.Fixed(("Color", 2)) : BalancingMethods.Create(method);

    private static IEnumerable<string> Methods(string trainerName) => trainerName == "SoftParameterSharing" ? BalancingMethods.All.Except(BalancingMethods.OfSharedParameters) : BalancingMethods.All;

    private static PredictionTask[] Tasks(float size, float color) =>
    [
        PredictionTask.MulticlassClassification("Color", lossWeight: color),
        PredictionTask.BinaryClassification("BigNumber"),
        PredictionTask.Regression("Size", lossWeight: size),
        PredictionTask.MultilabelClassification("Tags"),
    ];

    /// <summary>Each row lacks one of three labels.</summary>
    private static IDataView Data(MLContext ml)
    {
        Example[] rows = TestData.Rows(48);
        foreach ((int i, Example row) in rows.Index())
        {
            row.Color = i % 3 == 0 ? "unknown" : row.Color;
            row.BigNumber = i % 3 == 1 ? float.NaN : row.BigNumber;
            row.Size = i % 3 == 2 ? float.NaN : row.Size;
        }

        return TestData.Map(ml, rows);
    }

    private static MultiTaskTransformer Fit(MLContext ml, string trainerName, TrainerSetup setup, IDataView data) => TrainerCases.Create(trainerName, ml, setup).Fit(data);

    private static byte[] Train(string trainerName, TrainerSetup setup)
    {
        var ml = new MLContext(1);
        IDataView data = Data(ml);
        using MultiTaskTransformer model = Fit(ml, trainerName, setup, data);
        return Bytes(model, data);
    }

    private static byte[] Bytes(MultiTaskTransformer model, IDataView data) => ScoreBytes.Of(model.Transform(data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);

    private static TrainingHistory[] Histories(MultiTaskTransformer model) => [.. model.Members.Append(model).Select(part => part.History).OfType<TrainingHistory>()];

    /// <summary>Whether one network was trained, so that reports tell of it alone.</summary>
    private static bool Alone(MultiTaskTransformer model) => model.History?.Epochs[0].Members.Count == 0;

    private static void AssertFinite(IDataView scored)
    {
        Assert.All(scored.GetColumn<VBuffer<float>>("Color.Score").Concat(scored.GetColumn<VBuffer<float>>("Tags.Score")), scores => Assert.All(scores.DenseValues(), score => Assert.True(float.IsFinite(score))));
        Assert.All(scored.GetColumn<float>("BigNumber.Score").Concat(scored.GetColumn<float>("Size.Score")), score => Assert.True(float.IsFinite(score)));
    }
}
