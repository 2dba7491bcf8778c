using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The steps of the engine, against torch's own backward passes.</summary>
public sealed class TorchEngineTests
{
    private static readonly double[] _ones = [1, 1, 1, 1, 1];
    private static readonly double[] _weights = [0.5, 2, 0, 1, 3.25];

    [Fact]
    public void Losses_of_a_batch_are_sums_over_its_rows()
    {
        var rows = new TrainingRows(12, weights: true);
        HideEverySecond(rows, 0);
        using var step = new EngineStep(rows);
        double[] parameters = [.. step.Engine.Export().Parameters.Select(value => (double)value)];
        double[] labelled = [.. Enumerable.Range(0, 12).Select(row => row % 2 == 0 ? (double)rows.Weights![row] : 0)];

        for (int task = 0; task < rows.Tasks.Length; task++)
        {
            int count = task == 0 ? 6 : 12;
            double mean = rows.MeanLoss(parameters, task);
            Assert.True(step.Losses.Present[task]);
            Assert.Equal(mean * rows.Tasks[task].LossWeight, step.Losses.Losses[task], 1e-5 * mean);
            Assert.Equal(mean * count, step.Losses.RowSums[task], 1e-5 * mean * count);
            Assert.Equal(task == 0 ? labelled.Sum() : rows.Weights!.Sum(weight => (double)weight), step.Losses.RowWeights[task], 1e-5);
        }
    }

    [Fact]
    public void Backward_gives_the_gradient_of_the_weighted_sum()
    {
        using var step = new EngineStep(new TrainingRows(10));
        float[] expected = new float[step.Engine.Parameters.Gradients.numel()];
        for (int task = 0; task < 5; task++)
        {
            float[] one = step.Autograd(task);
            expected = [.. expected.Zip(one, (sum, value) => sum + ((float)_weights[task] * value))];
        }

        step.Engine.Backward(_weights);
        AssertClose(expected, step.Gradients);
    }

    [Fact]
    public void Backward_begins_at_zero_each_time()
    {
        using var step = new EngineStep(new TrainingRows(10));
        step.Engine.Backward(_ones);
        float[] first = step.Gradients;
        step.Renew();
        step.Engine.Backward(_ones);

        Assert.Equal(first, step.Gradients);
    }

    [Fact]
    public void Weights_of_zero_leave_no_gradient()
    {
        using var step = new EngineStep(new TrainingRows(10));
        step.Engine.Backward(_ones);
        step.Renew();
        step.Engine.Backward([0, 0, 0, 0, 0]);

        Assert.All(step.Gradients, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void The_Gramian_holds_the_products_of_the_shared_gradients()
    {
        using var step = new EngineStep(new TrainingRows(10));
        int shared = (int)step.Engine.Parameters.SharedCount;
        double[][] jacobian = [.. Enumerable.Range(0, 5).Select(task => step.Autograd(task).Take(shared).Select(value => (double)value).ToArray())];
        double[,] gramian = step.Engine.ComputeSharedGramian(keepsGraph: false);

        Assert.Equal(25, gramian.Length);
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                double expected = jacobian[i].Zip(jacobian[j], (a, b) => a * b).Sum();
                // Of the sizes of both gradients: their directions may be at right angles. The gradients are float32.
                double size = Math.Sqrt(jacobian[i].Sum(a => a * a) * jacobian[j].Sum(b => b * b));
                Assert.True(size > 0);
                Assert.Equal(expected, gramian[i, j], 1e-6 * size);
            }
        }
    }

    [Fact]
    public void Combining_with_weights_of_1_is_backward()
    {
        using var step = new EngineStep(new TrainingRows(10));
        step.Engine.Backward(_ones);
        float[] expected = step.Gradients;
        step.Renew();
        step.Engine.ComputeSharedGramian(keepsGraph: false);
        step.Engine.CombineSharedGradients(_ones);

        AssertClose(expected, step.Gradients);
    }

    [Fact]
    public void Combining_weighs_the_shared_gradients_and_leaves_the_tasks_own_alone()
    {
        using var step = new EngineStep(new TrainingRows(10));
        float[][] single = [.. Enumerable.Range(0, 5).Select(step.Autograd)];
        int shared = (int)step.Engine.Parameters.SharedCount;
        step.Engine.ComputeSharedGramian(keepsGraph: false);
        step.Engine.CombineSharedGradients(_weights);

        AssertClose([.. Enumerable.Range(0, shared).Select(i => (float)single.Select((gradient, task) => _weights[task] * gradient[i]).Sum())], step.Gradients[..shared]);
        AssertClose([.. Enumerable.Range(shared, single[0].Length - shared).Select(i => single.Sum(gradient => gradient[i]))], step.Gradients[shared..]);
    }

    [Fact]
    public void Combining_before_the_Gramian_is_refused()
    {
        var rows = new TrainingRows(4);
        using MultiTaskNetwork network = rows.CreateNetwork();
        using var engine = new TorchEngine(network, rows.Tasks, _ones);

        Assert.Throws<InvalidOperationException>(() => engine.CombineSharedGradients(_ones));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_task_without_labels_in_the_batch_is_absent_and_pulls_nowhere(bool gramian)
    {
        const int Absent = 2;
        var rows = new TrainingRows(10);
        Array.Fill(rows.Labels[Absent], float.NaN, 0, 5);
        using var step = new EngineStep(rows, batchSize: 5);
        Assert.Equal([true, true, false, true, true], step.Losses.Present);
        Assert.Equal(0, step.Losses.Losses[Absent]);
        Assert.Equal(0, step.Losses.RowSums[Absent]);
        Assert.Equal(0, step.Losses.RowWeights[Absent]);

        if (gramian)
        {
            double[,] products = step.Engine.ComputeSharedGramian(keepsGraph: false);
            for (int task = 0; task < 5; task++)
            {
                Assert.Equal(0, products[Absent, task]);
                Assert.Equal(0, products[task, Absent]);
                Assert.Equal(task != Absent, products[task, task] > 0);
            }

            step.Engine.CombineSharedGradients(_ones);
        }
        else
        {
            step.Engine.Backward(_ones);
        }

        Assert.All(step.Network.GetTaskParameters(Absent), parameter => Assert.All(parameter.grad!.data<float>().ToArray(), value => Assert.Equal(0f, value)));
        Assert.Contains(step.Gradients, value => value != 0);
    }

    [Fact]
    public void An_update_moves_the_network_itself()
    {
        using var step = new EngineStep(new TrainingRows(10));
        float[] before = step.Network.SharedParameters[0].data<float>().ToArray();
        step.Engine.Backward(_ones);
        step.Engine.Update(0.01);
        float[] after = step.Network.SharedParameters[0].data<float>().ToArray();

        Assert.Equal(step.Engine.Export().Parameters[..after.Length], after);
        // The first step of Adam moves each parameter that has a gradient by the learning rate.
        Assert.All(before.Zip(after).Zip(step.Gradients), item =>
            Assert.Equal(item.First.First - (0.01 * Math.Sign(item.Second)), item.First.Second, Math.Abs(item.Second) > 1e-5 ? 1e-5 : 0.01));
    }

    [Fact]
    public void Exported_state_restores_exactly()
    {
        var rows = new TrainingRows(10);
        using var step = new EngineStep(rows);
        Train(step, 3);
        EngineState state = step.Engine.Export();
        Train(step, 4);
        EngineState expected = step.Engine.Export();

        using var other = new EngineStep(rows, seed: 2);
        Train(other, 1);
        other.Engine.Import(state);
        AssertSame(state, other.Engine.Export());
        Train(other, 4);
        AssertSame(expected, other.Engine.Export());

        step.Engine.Import(state);
        Train(step, 4);
        AssertSame(expected, step.Engine.Export());
        Assert.Equal(7, expected.StepCount);
    }

    [Fact]
    public void Exported_state_is_a_copy()
    {
        using var step = new EngineStep(new TrainingRows(10));
        Train(step, 1);
        EngineState state = step.Engine.Export();
        float[][] copies = [[.. state.Parameters], [.. state.Moments[0]], [.. state.Moments[1]]];
        Train(step, 1);

        Assert.Equal(copies, [state.Parameters, .. state.Moments]);
        Assert.NotEqual(state.Parameters, step.Engine.Export().Parameters);
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 0, -1)]
    public void State_of_another_network_is_a_format_error_and_changes_nothing(int parameters, int mean, int square)
    {
        using var step = new EngineStep(new TrainingRows(10));
        EngineState state = step.Engine.Export();
        int count = state.Parameters.Length;

        Assert.Throws<FormatException>(() => step.Engine.Import(new EngineState(new float[count + parameters], 9, [new float[count + mean], new float[count + square]])));
        AssertSame(state, step.Engine.Export());
    }

    [Fact]
    public void Measuring_adds_sums_over_rows_and_leaves_everything_as_it_is()
    {
        var rows = new TrainingRows(12, weights: true);
        HideEverySecond(rows, 1);
        using var step = new EngineStep(rows);
        double[] sums = [1, 1, 1, 1, 1];
        double[] weights = [2, 2, 2, 2, 2];
        EngineState before = step.Engine.Export();
        step.Engine.Backward(_ones);
        float[] gradients = step.Gradients;
        step.Engine.Measure(step.Batch, sums, weights);

        for (int task = 0; task < 5; task++)
        {
            Assert.Equal(1 + step.Losses.RowSums[task], sums[task], 1e-5 * Math.Abs(sums[task]));
            Assert.Equal(2 + step.Losses.RowWeights[task], weights[task], 1e-6);
        }

        AssertSame(before, step.Engine.Export());
        Assert.Equal(gradients, step.Gradients);
        Assert.True(step.Network.training);
    }

    [Fact]
    public void A_soft_target_gives_every_row_a_target()
    {
        var rows = new TrainingRows(6);
        Array.Fill(rows.Labels[2], float.NaN, 1, 5);
        using var step = new EngineStep(rows);
        step.Batch.Targets[2].Soft = new SoftTargets(torch.zeros(6, 1), 2f, 0.25f);
        StepLosses losses = step.Engine.ComputeLosses(step.Batch);
        float[] raw = step.Network.Forward(step.Batch.Features).Raw[2]!.data<float>().ToArray();
        // Label 0 of row 0 in units of the deviation; the teacher says 0 of every row.
        double label = (rows.Labels[2][0] - 0.5) / 2;
        double expected = (0.25 * (raw[0] - label) * (raw[0] - label)) + (0.75 * raw.Sum(value => (double)value * value));

        Assert.Equal(expected, losses.RowSums[2], 1e-5 * expected);
        Assert.Equal(6, losses.RowWeights[2]);
        Assert.Equal(0.5 * expected / 6, losses.Losses[2], 1e-5 * expected);
    }

    [Fact]
    public void A_network_without_shared_layers_has_no_shared_parameters()
    {
        PredictionTask[] tasks = [PredictionTask.Regression("A"), PredictionTask.Regression("B")];
        using MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(2, [1, 1], [], []));
        using var engine = new TorchEngine(network, tasks, [1, 1]);
        using var step = new EngineStep(new TrainingRows(4));

        Assert.False(engine.HasSharedParameters);
        Assert.True(step.Engine.HasSharedParameters);
    }

    private static void HideEverySecond(TrainingRows rows, int task)
    {
        for (int row = 1; row < rows.RowCount; row += 2)
        {
            rows.Labels[task][row] = float.NaN;
        }
    }

    private static void Train(EngineStep step, int count)
    {
        for (int i = 0; i < count; i++)
        {
            step.Renew();
            step.Engine.Backward(_ones);
            step.Engine.Update(0.01);
        }
    }

    private static void AssertSame(EngineState expected, EngineState actual)
    {
        Assert.Equal(expected.StepCount, actual.StepCount);
        Assert.Equal(expected.Parameters, actual.Parameters);
        Assert.Equal(expected.Moments, actual.Moments);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * expected.Max(Math.Abs)));
    }

    /// <summary>A network, an engine, and the losses of one batch of rows.</summary>
    private sealed class EngineStep : IDisposable
    {
        private readonly IDisposable _scope = torch.NewDisposeScope();
        private readonly TrainingRows _rows;
        private readonly InMemoryBatchSource _source;

        public EngineStep(TrainingRows rows, int? batchSize = null, uint seed = 1)
        {
            _rows = rows;
            Network = rows.CreateNetwork(seed);
            _source = rows.OpenSource();
            Engine = new TorchEngine(Network, rows.Tasks, _source.LabelledShares);
            using IBatchReader reader = _source.Open(batchSize ?? rows.RowCount, null);
            Batch = reader.Read()!;
            Losses = Engine.ComputeLosses(Batch);
        }

        public MultiTaskNetwork Network { get; }

        public TorchEngine Engine { get; }

        public Batch Batch { get; }

        public StepLosses Losses { get; private set; }

        public float[] Gradients => Engine.Parameters.Gradients.data<float>().ToArray();

        public void Renew() => Losses = Engine.ComputeLosses(Batch);

        /// <summary>The gradient of one task's loss, by a forward and a backward pass of its own.</summary>
        public float[] Autograd(int task)
        {
            Engine.Parameters.Gradients.zero_();
            torch.Tensor losses = _rows.Tasks[task].GetRowLosses(Network.Forward(Batch.Features).Raw[task]!, Batch.Targets[task]);
            (losses.mean() * _rows.Tasks[task].LossWeight).backward();
            return Gradients;
        }

        public void Dispose()
        {
            Engine.Dispose();
            _source.Dispose();
            Network.Dispose();
            _scope.Dispose();
        }
    }
}
