using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>A step of an engine up to its losses, and beside it each task's gradient by a forward and a backward pass of its own.</summary>
internal sealed class GradientStep : IDisposable
{
    private readonly IDisposable _scope = torch.NewDisposeScope();
    private readonly TrainingRows _rows;
    private readonly InMemoryBatchSource _source;

    /// <param name="rows">The rows; the first batch of them is the step's.</param>
    /// <param name="network">The network, which is disposed with the step.</param>
    /// <param name="mode">Which gradients are balanced.</param>
    /// <param name="batchSize">The rows of the batch; all by default.</param>
    public GradientStep(TrainingRows rows, MultiTaskNetwork network, BalancedGradients mode = BalancedGradients.Automatic, int? batchSize = null)
    {
        _rows = rows;
        Network = network;
        _source = rows.OpenSource();
        Engine = new TorchEngine(network, rows.Tasks, _source.LabelledShares, Optimizer.Sgd(momentum: 0)) { BalancedGradients = mode };
        using IBatchReader reader = _source.Open(batchSize ?? rows.RowCount, null);
        Batch = reader.Read()!;
        Losses = Engine.ComputeLosses(Batch);
    }

    public MultiTaskNetwork Network { get; }

    public TorchEngine Engine { get; }

    public Batch Batch { get; private set; }

    public StepLosses Losses { get; private set; }

    public int SharedCount => (int)Engine.Parameters.SharedCount;

    public float[] Gradients => Engine.Parameters.GradientSpan.ToArray();

    /// <summary>Rows of which each has labels for some of the tasks only.</summary>
    public static TrainingRows CreateRows()
    {
        var rows = new TrainingRows(9, weights: true);
        for (int row = 0; row < rows.RowCount; row++)
        {
            for (int task = 0; task < 4; task++)
            {
                Array.Fill(rows.Labels[task], float.NaN, row * rows.Widths[task], row % 4 == task || row > 5 ? 0 : rows.Widths[task]);
            }
        }

        return rows;
    }

    public void Renew() => Losses = Engine.ComputeLosses(Batch);

    /// <summary>Goes on with the batch behind the first.</summary>
    public void Next(int batchSize)
    {
        using IBatchReader reader = _source.Open(batchSize, null);
        reader.Read();
        Batch = reader.Read()!;
        Renew();
    }

    /// <summary>The gradient of one task's loss, its loss weight included, with respect to all parameters.</summary>
    public float[] Plain(int task)
    {
        Engine.Parameters.GradientSpan.Clear();
        TaskTargets targets = Batch.Targets[task];
        torch.Tensor losses = _rows.Tasks[task].GetRowLosses(Network.Forward(Batch.Features).Raw[task]!, targets);
        losses = targets.LabelWeights is { } mask ? losses * mask : losses;
        losses = Batch.RowWeights is { } weights ? losses * weights : losses;
        losses.mean().Times(_rows.Tasks[task].LossWeight / _source.LabelledShares[task]).backward();
        return Gradients;
    }

    /// <summary>The gradient of the network's penalties.</summary>
    public float[] PlainPenalty()
    {
        Engine.Parameters.GradientSpan.Clear();
        Network.Forward(Batch.Features).Penalty?.backward();
        Network.AddPenaltyGradient(Engine.Parameters);
        return Gradients;
    }

    /// <summary>What the gradient must be: the tasks' with these weights in what is shared, as they are elsewhere, and the penalties'.</summary>
    public double[] Expect(IReadOnlyList<double> weights)
    {
        float[][] tasks = [.. weights.Select((_, task) => Losses.Present[task] ? Plain(task) : new float[Gradients.Length])];
        float[] penalty = PlainPenalty();
        return [.. penalty.Select((value, i) => value + tasks.Select((gradient, task) => gradient[i] * (i < SharedCount ? weights[task] : 1)).Sum())];
    }

    /// <summary>Balances the step by a method.</summary>
    /// <returns>The weights that it gave.</returns>
    public double[] Balance(TaskBalancing method)
    {
        var balancer = new Balancer(new HardParameterSharingOptions { Tasks = _rows.Tasks, Balancing = method }, _rows.Tasks, 1, Engine);
        balancer.Balance(Losses, new bool[_rows.Tasks.Length], 1, 0, 0.01);
        return [.. balancer.MeanWeights.Select(weight => double.IsNaN(weight) ? 0 : weight)];
    }

    public void Dispose()
    {
        Engine.Dispose();
        _source.Dispose();
        Network.Dispose();
        _scope.Dispose();
    }
}
