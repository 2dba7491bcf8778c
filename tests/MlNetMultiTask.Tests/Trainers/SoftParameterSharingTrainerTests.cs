using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Tests.Training;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>A network per task, kept close to one another.</summary>
public sealed class SoftParameterSharingTrainerTests
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData(1, false)]
    [InlineData(16, true)]
    [InlineData(60, false)]
    public void Without_strength_each_task_is_learned_as_if_alone_bit_by_bit(int batchSize, bool normalization)
    {
        IDataView data = TestData.View(_ml);
        using MultiTaskTransformer together = _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
        {
            Tasks = TestData.Tasks(),
            TrunkLayers = [7, 5],
            HeadLayers = [3],
            SharingStrength = 0,
            BatchSize = batchSize,
            LayerNormalization = normalization,
            MaximumNumberOfEpochs = 3,
            Seed = 4,
        }).Fit(data);
        foreach (PredictionTask task in TestData.Tasks())
        {
            using MultiTaskTransformer alone = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
            {
                Tasks = [task],
                SharedLayers = [7, 5],
                HeadLayers = [3],
                BatchSize = batchSize,
                LayerNormalization = normalization,
                MaximumNumberOfEpochs = 3,
                Seed = 4,
            }).Fit(data);

            Assert.Equal(ScoreBytes.Of(alone.Transform(data), [.. task.OutputColumnNames]), ScoreBytes.Of(together.Transform(data), [.. task.OutputColumnNames]));
        }
    }

    [Fact]
    public void The_stronger_the_sharing_the_nearer_the_trunks()
    {
        IDataView data = TestData.View(_ml);
        double[] distances = [.. ((float[])[0f, 1e-3f, 0.1f, 1000f]).Select(strength =>
        {
            using MultiTaskTransformer model = Train(strength);
            Assert.All(model.History!.Epochs, epoch => Assert.NotNull(epoch.ParameterDistance));
            return model.History.Epochs[^1].ParameterDistance!.Value;
        })];
        Assert.Equal(distances.OrderDescending(), distances);
        Assert.True(distances[3] < 1e-6 * distances[0], string.Join(", ", distances));

        MultiTaskTransformer Train(float strength) => _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
        {
            Tasks = TestData.Tasks(),
            TrunkLayers = [8],
            HeadLayers = [],
            SharingStrength = strength,
            MaximumNumberOfEpochs = 60,
            LearningRate = LearningRateSchedule.Cosine(0.01),
            Seed = 4,
        }).Fit(data);
    }

    /// <summary>With linear networks the minimum of loss and penalty is the solution of a linear system.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Three_linear_tasks_reach_the_closed_form_optimum(bool graph)
    {
        const double Strength = 0.2;
        const int TaskCount = 3;
        const int Size = TestData.FeatureCount + 1;
        Example[] rows = TestData.Rows(40);
        IDataView data = TestData.Map(_ml, rows);
        PredictionTask[] tasks = [PredictionTask.Regression("Size"), PredictionTask.Regression("Weight"), PredictionTask.Regression("BigNumber")];
        TaskGraph? pairs = graph ? TaskGraph.Pairs(("Size", "Weight", 2), ("Weight", "BigNumber", 0.5)) : null;
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
        {
            Tasks = tasks,
            TrunkLayers = [],
            HeadLayers = [],
            SharingStrength = (float)Strength,
            Scope = SharingScope.TrunkAndHeads,
            TaskGraph = pairs,
            BatchSize = rows.Length,
            MaximumNumberOfEpochs = 3000,
            LearningRate = LearningRateSchedule.Cosine(0.02),
        }).Fit(data);

        // The gradient of Σ mean (θᵢx − yᵢ)² + λ Σ wᵢⱼ ‖θᵢ − θⱼ‖² is 0: (XᵀX/n) θᵢ + λ Σⱼ wᵢⱼ (θᵢ − θⱼ) = Xᵀyᵢ/n.
        double[,]? weights = pairs?.GetWeights(tasks);
        double[][] labels = [Standardize(rows, row => row.Size), Standardize(rows, row => row.Weight), Standardize(rows, row => row.BigNumber)];
        var matrix = new double[TaskCount * Size, (TaskCount * Size) + 1];
        for (int i = 0; i < TaskCount; i++)
        {
            for (int a = 0; a < Size; a++)
            {
                for (int b = 0; b < Size; b++)
                {
                    matrix[(i * Size) + a, (i * Size) + b] = rows.Average(row => At(row, a) * At(row, b));
                }

                for (int j = 0; j < TaskCount; j++)
                {
                    double weight = i == j ? 0 : weights?[i, j] ?? 1;
                    matrix[(i * Size) + a, (i * Size) + a] += Strength * weight;
                    matrix[(i * Size) + a, (j * Size) + a] -= Strength * weight;
                }

                matrix[(i * Size) + a, TaskCount * Size] = rows.Select((row, r) => At(row, a) * labels[i][r]).Average();
            }
        }

        double[] expected = Solve(matrix);
        IReadOnlyList<NamedTensor> tensors = ((NetworkModel)model.Model).ExportWeights();
        for (int i = 0; i < TaskCount; i++)
        {
            float[] actual = [.. tensors.Single(tensor => tensor.Name == $"head{i}.0.weight").Values, .. tensors.Single(tensor => tensor.Name == $"head{i}.0.bias").Values];
            Assert.All(actual.Index(), value => Assert.Equal(expected[(i * Size) + value.Index], value.Item, 1e-3));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_row_may_have_a_label_for_one_task_only(int seed)
    {
        Example[] rows = TestData.Rows(120);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].Size = i % 3 == 0 ? rows[i].Size : float.NaN;
            rows[i].Weight = i % 3 == 1 ? rows[i].Weight : float.NaN;
            rows[i].BigNumber = i % 3 == 2 ? rows[i].BigNumber : float.NaN;
        }

        PredictionTask[] tasks = [PredictionTask.Regression("Size"), PredictionTask.Regression("Weight"), PredictionTask.BinaryClassification("BigNumber")];
        IDataView data = TestData.Map(_ml, rows);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions { Tasks = tasks, TrunkLayers = [8], HeadLayers = [], MaximumNumberOfEpochs = 60, LearningRate = 0.01, Seed = seed }).Fit(data);
        MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(data), tasks);

        Assert.Equal([40L, 40L, 40L], metrics.Tasks.Select(task => (long)task.RowCount));
        Assert.True(metrics.Regression("Size").RSquared > 0.8, metrics.ToString());
        Assert.True(metrics.Binary("BigNumber").Accuracy > 0.8, metrics.ToString());
    }

    [Fact]
    public void A_checkpoint_of_another_sharing_is_refused_with_what_differs()
    {
        using var folder = new TemporaryFolder();
        IDataView data = TestData.View(_ml);
        SoftParameterSharingOptions Options(float strength = 0.25f, SharingScope scope = SharingScope.Trunk, TaskGraph? graph = null, IProgress<TrainingProgress>? progress = null, CancellationToken token = default) => new()
        {
            Tasks = TestData.Tasks(),
            TrunkLayers = [4],
            HeadLayers = [],
            SharingStrength = strength,
            Scope = scope,
            TaskGraph = graph,
            MaximumNumberOfEpochs = 4,
            Seed = 4,
            Checkpointing = new Checkpointing(folder[""]),
            Progress = progress,
            CancellationToken = token,
        };
        using var cancellation = new CancellationTokenSource();
        var cutting = new Report(progress =>
        {
            if (progress.Epoch == 2)
            {
                cancellation.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => Fit(Options(progress: cutting, token: cancellation.Token)));
        void Says(SoftParameterSharingOptions options, string words) =>
            Assert.Contains(words, Assert.Throws<ArgumentException>(() => Fit(options)).Message, StringComparison.Ordinal);

        Says(Options(strength: 0.5f), "SharingStrength was 0.25, and is 0.5");
        Says(Options(scope: SharingScope.TrunkAndHeads), "Scope was Trunk, and is TrunkAndHeads");
        Says(Options(graph: TaskGraph.Groups(["Color", "Size"])), "TaskGraph was none, and is Groups(Color, Size)");
        using MultiTaskTransformer resumed = Fit(Options());
        Assert.Equal(4, resumed.History!.Epochs.Count(epoch => epoch.ParameterDistance > 0));

        MultiTaskTransformer Fit(SoftParameterSharingOptions options) => _ml.MultiTask.Trainers.SoftParameterSharing(options).Fit(data);
    }

    [Fact]
    public void Balancing_of_shared_gradients_is_refused_with_both_names()
    {
        string message = Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
        {
            Tasks = TestData.Tasks(),
            Balancing = new GramianBalancing(),
        }).Fit(TestData.View(_ml))).Message;

        Assert.Contains("GramianForTests", message, StringComparison.Ordinal);
        Assert.Contains("SoftParameterSharing", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_checked_and_explained()
    {
        void Says(SoftParameterSharingOptions options, params string[] words)
        {
            string message = Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.SoftParameterSharing(options)).Message;
            Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        }

        PredictionTask[] tasks = TestData.Tasks();
        Says(new() { Tasks = tasks, SharingStrength = -1 }, "Option SharingStrength is -1");
        Says(new() { Tasks = tasks, SharingStrength = float.NaN }, "Option SharingStrength is NaN");
        Says(new() { Tasks = tasks, TrunkLayers = [0] }, "Option TrunkLayers", "0 units");
        Says(new() { Tasks = tasks, HeadLayers = [0] }, "Option HeadLayers", "0 units");
        Says(new() { Tasks = tasks, Scope = (SharingScope)7 }, "Option Scope is 7");
        Says(new() { Tasks = tasks, TaskGraph = TaskGraph.Groups(["Color", "Shape"]) }, "Option TaskGraph", "'Shape'", "'Color'");
    }

    private static double At(Example row, int index) => index < TestData.FeatureCount ? row.Features[index] : 1;

    private static double[] Standardize(Example[] rows, Func<Example, float> label)
    {
        double mean = rows.Average(row => (double)label(row));
        double deviation = Math.Sqrt(rows.Average(row => (label(row) - mean) * (label(row) - mean)));
        return [.. rows.Select(row => (label(row) - mean) / deviation)];
    }

    /// <summary>Gauss's elimination with pivots, of a matrix with the right-hand side as its last column.</summary>
    private static double[] Solve(double[,] matrix)
    {
        int count = matrix.GetLength(0);
        for (int column = 0; column < count; column++)
        {
            int pivot = Enumerable.Range(column, count - column).MaxBy(row => Math.Abs(matrix[row, column]));
            for (int k = 0; k <= count; k++)
            {
                (matrix[column, k], matrix[pivot, k]) = (matrix[pivot, k], matrix[column, k]);
            }

            for (int row = 0; row < count; row++)
            {
                double factor = row == column ? 0 : matrix[row, column] / matrix[column, column];
                for (int k = column; k <= count; k++)
                {
                    matrix[row, k] -= factor * matrix[column, k];
                }
            }
        }

        return [.. Enumerable.Range(0, count).Select(row => matrix[row, count] / matrix[row, row])];
    }
}
