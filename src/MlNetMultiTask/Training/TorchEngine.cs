using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>Training steps through TorchSharp, for every network. All calls of a step belong into one dispose scope.</summary>
internal sealed class TorchEngine : ITrainingEngine
{
    private readonly MultiTaskNetwork _network;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IReadOnlyList<double> _labelledShares;
    private readonly FlatParameters _parameters;
    private readonly AdamOptimizer _optimizer;
    private torch.Tensor?[] _losses = [];
    private torch.Tensor? _sharedRows;

    /// <param name="network">The network; not owned.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="labelledShares">Per task, the share of training rows that have a label.</param>
    public TorchEngine(MultiTaskNetwork network, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<double> labelledShares)
    {
        _network = network;
        _tasks = tasks;
        _labelledShares = labelledShares;
        _parameters = new FlatParameters(network.SharedParameters, [.. Enumerable.Range(0, tasks.Count).SelectMany(network.GetTaskParameters)]);
        _optimizer = new AdamOptimizer(_parameters.Values);
        network.train();
    }

    public bool HasSharedParameters => _parameters.SharedCount > 0;

    internal FlatParameters Parameters => _parameters;

    public StepLosses ComputeLosses(Batch batch)
    {
        NetworkOutputs outputs = _network.Forward(batch.Features);
        int count = _tasks.Count;
        _losses = new torch.Tensor?[count];
        var step = new StepLosses(new double[count], new bool[count], new double[count], new double[count]);
        for (int i = 0; i < count; i++)
        {
            (torch.Tensor sum, double weight) = SumRows(batch, outputs, i);
            step.RowWeights[i] = weight;
            if (weight == 0)
            {
                continue;
            }

            // The share of labelled rows, not the batch's own count, makes the mean unbiased: a lone label does
            // not weigh like a batch full of them.
            double share = batch.Targets[i].Soft is null ? _labelledShares[i] : 1;
            torch.Tensor loss = sum * (_tasks[i].LossWeight / (batch.RowCount * share));
            _losses[i] = loss;
            step.Present[i] = true;
            step.RowSums[i] = sum.item<float>();
            step.Losses[i] = loss.item<float>();
        }

        return step;
    }

    public void Backward(ReadOnlySpan<double> weights)
    {
        _parameters.Gradients.zero_();
        torch.Tensor? total = _network.GetPenalty();
        for (int i = 0; i < _losses.Length; i++)
        {
            if (_losses[i] is { } loss && weights[i] != 0)
            {
                torch.Tensor weighted = weights[i] == 1 ? loss : loss * weights[i];
                total = total is null ? weighted : total + weighted;
            }
        }

        total?.backward();
    }

    public double[,] ComputeSharedGramian()
    {
        int count = _losses.Length;
        _parameters.Gradients.zero_();
        _sharedRows = torch.zeros_like(_parameters.SharedGradients).repeat(count, 1);
        for (int i = 0; i < count; i++)
        {
            if (_losses[i] is { } loss)
            {
                // Each backward pass adds to the gradients of its own head; the shared part is taken out in between.
                _parameters.SharedGradients.zero_();
                loss.backward(retain_graph: _losses.Skip(i + 1).Any(later => later is not null));
                _sharedRows[i].copy_(_parameters.SharedGradients);
            }
        }

        torch.Tensor rows = _sharedRows.to(torch.ScalarType.Float64);
        double[] products = rows.matmul(rows.t()).contiguous().data<double>().ToArray();
        var gramian = new double[count, count];
        Buffer.BlockCopy(products, 0, gramian, 0, products.Length * sizeof(double));
        return gramian;
    }

    public void CombineSharedGradients(ReadOnlySpan<double> weights)
    {
        torch.Tensor rows = _sharedRows ?? throw new InvalidOperationException("The shared gradients have not been computed in this step.");
        torch.Tensor factors = torch.tensor(Array.ConvertAll(weights.ToArray(), weight => (float)weight));
        _parameters.SharedGradients.copy_(rows.t().mv(factors));
        _network.GetPenalty()?.backward();
    }

    public void Update(double learningRate)
    {
        using IDisposable noGradient = torch.no_grad();
        _optimizer.Step(_parameters.Values, _parameters.Gradients, learningRate);
    }

    public void Measure(Batch batch, double[] lossSums, double[] weightSums)
    {
        using IDisposable inference = torch.inference_mode();
        _network.eval();
        NetworkOutputs outputs = _network.Forward(batch.Features);
        for (int i = 0; i < _tasks.Count; i++)
        {
            (torch.Tensor sum, double weight) = SumRows(batch, outputs, i);
            lossSums[i] += sum.item<float>();
            weightSums[i] += weight;
        }

        _network.train();
    }

    public EngineState Export()
    {
        (long stepCount, float[] mean, float[] square) = _optimizer.Export();
        return new EngineState(_parameters.Values.data<float>().ToArray(), stepCount, mean, square);
    }

    public void Import(EngineState state)
    {
        long count = _parameters.Values.numel();
        if (state.Parameters.Length != count || state.Mean.Length != count || state.Square.Length != count)
        {
            throw new FormatException($"The training state has {state.Parameters.Length} parameters, and the network has {count}.");
        }

        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        _parameters.Values.copy_(torch.tensor(state.Parameters));
        _optimizer.Import(state.StepCount, state.Mean, state.Square);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _parameters.Dispose();
    }

    /// <summary>Σ w m l over a batch's rows, and Σ w m.</summary>
    private (torch.Tensor Sum, double Weight) SumRows(Batch batch, NetworkOutputs outputs, int task)
    {
        TaskTargets targets = batch.Targets[task];
        torch.Tensor losses = _tasks[task].GetRowLosses(outputs.Raw[task]!, targets);

        // With a soft target, every row has a target.
        torch.Tensor? mask = targets.Soft is null ? targets.Mask : null;
        torch.Tensor? factors = mask is null ? batch.RowWeights : batch.RowWeights is null ? mask : mask * batch.RowWeights;
        return factors is null
            ? (losses.sum(), batch.RowCount)
            : ((losses * factors).sum(), factors.sum().item<float>());
    }
}
