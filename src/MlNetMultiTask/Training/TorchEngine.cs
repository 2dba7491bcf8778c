using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
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
    private readonly double? _maximumGradientNorm;
    private readonly FlatParameters _parameters;
    private readonly FlatOptimizer _optimizer;
    private readonly Range[] _ownRanges;
    private readonly bool[] _frozen;
    private readonly NetworkBuffers _buffers;
    private torch.Tensor?[] _losses = [];
    private NetworkOutputs? _predicted;
    private torch.Tensor? _sharedRows;
    private torch.Tensor? _penalty;

    /// <param name="network">The network; not owned.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="labelledShares">Per task, the share of training rows that have a label.</param>
    /// <param name="optimizer">How parameters follow gradients; Adam if null.</param>
    /// <param name="maximumGradientNorm">The norm to which longer gradients are cut; null for none.</param>
    /// <param name="dropout">The share of hidden activations that is dropped in training.</param>
    public TorchEngine(MultiTaskNetwork network, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<double> labelledShares, Optimizer? optimizer = null, double? maximumGradientNorm = null, double dropout = 0)
    {
        _network = network;
        _tasks = tasks;
        _labelledShares = labelledShares;
        _maximumGradientNorm = maximumGradientNorm;
        _parameters = new FlatParameters(network.SharedParameters, [.. Enumerable.Range(0, tasks.Count).SelectMany(network.GetTaskParameters)]);
        _optimizer = (optimizer ?? Optimizer.Adam()).Start(_parameters.Decayed);
        _ownRanges = [.. Enumerable.Range(0, tasks.Count).Select(task => _parameters.GetTaskRange(network, task))];
        _frozen = new bool[tasks.Count];
        _buffers = new NetworkBuffers(network);
        network.train();
        network.Dropout = dropout > 0 ? new Dropout(dropout) : null;
    }

    public string NetworkKind => _network.Description.Kind;

    public bool HasSharedParameters => _parameters.SharedCount > 0;

    public bool HasFiniteParameters => NetworkBuffers.IsFinite(_parameters.ValueSpan) && _buffers.AreFinite;

    public int ParameterCount => _parameters.ValueSpan.Length + _buffers.Count;

    public IReadOnlyList<torch.Tensor?> Outputs { get; private set; } = [];

    public int RowsMeasuredAtOnce => RowMemory.GetRows(RowMemory.GetBytes(_network), RowMemory.UsualRows);

    public IReadOnlyList<GateDescription> Gates => _network.Gates;

    public IReadOnlyList<torch.Tensor?> GateWeights { get; private set; } = [];

    /// <summary>Whether outputs are computed of rows without a target too, for others who learn from them.</summary>
    public bool ComputesAllRows { get; init; }

    internal FlatParameters Parameters => _parameters;

    public double? ParameterDistance => _network.GetParameterDistance(_parameters);

    public void BeginEpoch(ulong seed) => _network.Dropout?.Seed(seed);

    public void Predict(Batch batch) => _predicted = Forward(batch);

    public StepLosses ComputeLosses(Batch batch)
    {
        NetworkOutputs outputs = _predicted ?? Forward(batch);
        _predicted = null;
        int count = _tasks.Count;
        _penalty = outputs.Penalty;
        GateWeights = outputs.Gates;
        _losses = new torch.Tensor?[count];
        var step = new StepLosses(new double[count], new bool[count], new double[count], new double[count]);
        for (int i = 0; i < count; i++)
        {
            if (outputs.Raw[i] is null)
            {
                continue;
            }

            (torch.Tensor losses, torch.Tensor? factors, double weight) = GetRows(batch, outputs, i);
            step.RowWeights[i] = weight;
            torch.Tensor? objective = null;
            double value = 0;
            if (weight > 0)
            {
                // The share of labelled rows, not the batch's own count, makes the mean unbiased: a lone label does
                // not weigh like a batch full of them.
                double share = batch.Targets[i].Soft is null ? _labelledShares[i] : 1;
                torch.Tensor mean = (factors is null ? losses : losses * factors).mean();
                value = mean.item<float>();
                step.RowSums[i] = value * batch.RowCount;
                torch.Tensor? own = _frozen[i] ? null : ExtraLosses.OfMembers(_tasks[i], i, outputs, batch.Targets[i], factors);
                objective = own is null ? mean : mean.Plus(own);
                double factor = _tasks[i].LossWeight / share;
                value = (own is null ? value : objective.item<float>()) * factor;
                objective = factor == 1 ? objective : objective.Times(factor);
            }

            if (_frozen[i])
            {
                continue;
            }

            if (ExtraLosses.OfPeers(_tasks[i], batch, batch.Targets[i], outputs.Raw[i]!) is { } peers)
            {
                torch.Tensor weighted = peers.Times(_tasks[i].LossWeight);
                objective = objective is null ? weighted : objective.Plus(weighted);
                value = objective.item<float>();
            }

            _losses[i] = objective;
            step.Present[i] = objective is not null;
            step.Losses[i] = value;
        }

        return step;
    }

    public void Observe(Batch batch, IReadOnlyList<RunningMetric> metrics)
    {
        for (int i = 0; i < metrics.Count; i++)
        {
            if (Outputs[i] is { } raw)
            {
                metrics[i].Add(raw.AsSpan(), batch.Targets[i].Values, batch.RowCount);
                GC.KeepAlive(raw);
            }
        }
    }

    public void Backward(ReadOnlySpan<double> weights)
    {
        _parameters.GradientSpan.Clear();
        torch.Tensor? total = _penalty;
        for (int i = 0; i < _losses.Length; i++)
        {
            if (_losses[i] is { } loss && weights[i] != 0)
            {
                torch.Tensor weighted = weights[i] == 1 ? loss : loss.Times(weights[i]);
                total = total is null ? weighted : total.Plus(weighted);
            }
        }

        total?.backward();
        _network.AddPenaltyGradient(_parameters);
    }

    public double[,] ComputeSharedGramian()
    {
        int count = _losses.Length;
        _parameters.GradientSpan.Clear();
        _sharedRows = torch.zeros_like(_parameters.SharedGradients).repeat(count, 1);
        for (int i = 0; i < count; i++)
        {
            if (_losses[i] is { } loss)
            {
                // Each backward pass adds to the gradients of its own head; the shared part is taken out in between.
                _parameters.SharedGradients.zero_();
                loss.backward(retain_graph: _penalty is not null || _losses.Skip(i + 1).Any(later => later is not null));
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
        _penalty?.backward();
        _network.AddPenaltyGradient(_parameters);
    }

    public void Update(double learningRate)
    {
        Span<float> gradients = _parameters.GradientSpan;
        for (int i = 0; i < _frozen.Length; i++)
        {
            if (_frozen[i])
            {
                // The network's penalty still pulls at it.
                gradients[_ownRanges[i]].Clear();
            }
        }

        if (_maximumGradientNorm is { } maximum)
        {
            GradientNorm.CutTo(maximum, gradients);
        }

        _optimizer.Step(_parameters.ValueSpan, gradients, learningRate);
    }

    public void Measure(Batch batch, double[] lossSums, double[] weightSums)
    {
        using IDisposable inference = torch.inference_mode();
        _network.eval();
        NetworkOutputs outputs = Forward(batch);
        for (int i = 0; i < _tasks.Count; i++)
        {
            if (outputs.Raw[i] is null)
            {
                continue;
            }

            (torch.Tensor losses, torch.Tensor? factors, double weight) = GetRows(batch, outputs, i);
            lossSums[i] += (factors is null ? losses : losses * factors).sum().item<float>();
            weightSums[i] += weight;
        }

        _network.train();
    }

    public EngineState Export() =>
        new(_parameters.ValueSpan.ToArray(), _optimizer.StepCount, _optimizer.ExportMoments()) { Buffers = _buffers.Export() };

    public void Import(EngineState state)
    {
        long count = _parameters.Values.numel();
        if (state.Parameters.Length != count || state.Buffers.Length != _buffers.Count || state.Moments.Length != _optimizer.Moments.Count || state.Moments.Any(moment => moment.Length != count))
        {
            throw new FormatException($"The training state has {state.Parameters.Length} parameters, {state.Moments.Length} moments and {state.Buffers.Length} numbers in buffers, and this training has {count}, {_optimizer.Moments.Count} and {_buffers.Count}.");
        }

        ImportParameters([.. state.Parameters, .. state.Buffers]);
        _optimizer.Import(state.StepCount, state.Moments);
    }

    /// <summary>The parameters, and the network's buffers behind them.</summary>
    public float[] ExportParameters() => [.. _parameters.ValueSpan, .. _buffers.Export()];

    public void ImportParameters(float[] parameters)
    {
        int count = _parameters.ValueSpan.Length;
        parameters.AsSpan(0, count).CopyTo(_parameters.ValueSpan);
        _buffers.Import(parameters.AsSpan(count));
    }

    public void Freeze(int task, float[] parameters)
    {
        Range own = _ownRanges[task];
        parameters.AsSpan(own).CopyTo(_parameters.ValueSpan[own]);

        // Without gradient, moments and decay, no optimizer moves a parameter.
        _frozen[task] = true;
        _parameters.Decayed.AsSpan(own).Clear();
        foreach (float[] moment in _optimizer.Moments)
        {
            moment.AsSpan(own).Clear();
        }
    }

    public void Dispose()
    {
        _network.Dropout?.Dispose();
        _network.Dropout = null;
        _parameters.Dispose();
    }

    /// <summary>The outputs for tasks with a target in the batch; a task without is not computed.</summary>
    private NetworkOutputs Forward(Batch batch)
    {
        long[]?[] rows = [.. batch.Targets.Select(targets => targets.FindRows(batch.RowCount))];
        NetworkOutputs outputs = ComputesAllRows || Array.TrueForAll(rows, own => own is null)
            ? _network.Forward(batch.Features)
            : _network.ForwardRows(batch.Features, [.. rows.Select(own => own is not { Length: 0 })], rows);
        Outputs = outputs.Raw;
        return outputs;
    }

    /// <summary>The losses l of a batch's rows [B]; their factors w m, null where all are 1; and Σ w m.</summary>
    private (torch.Tensor Losses, torch.Tensor? Factors, double Weight) GetRows(Batch batch, NetworkOutputs outputs, int task)
    {
        TaskTargets targets = batch.Targets[task];
        torch.Tensor losses = _tasks[task].GetRowLosses(outputs.Raw[task]!, targets);

        // With a soft target, every row has a target.
        torch.Tensor? mask = targets.Soft is null ? targets.LabelWeights : null;
        torch.Tensor? factors = mask is null ? batch.RowWeights : batch.RowWeights is null ? mask : mask * batch.RowWeights;
        return (losses, factors, factors is null ? batch.RowCount : factors.sum().item<float>());
    }
}
