using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using TorchSharp;
using Parameter = TorchSharp.Modules.Parameter;

namespace MlNetMultiTask.Training;

/// <summary>Training steps through TorchSharp, for every network. All calls of a step belong into one dispose scope.</summary>
internal sealed partial class TorchEngine : ITrainingEngine
{
    private readonly MultiTaskNetwork _network;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly TaskObjectives _objectives;
    private readonly double? _maximumGradientNorm;
    private readonly FlatParameters _parameters;
    private readonly FlatOptimizer _optimizer;
    private readonly Range[] _ownRanges;
    private readonly bool[] _frozen;
    private readonly NetworkBuffers _buffers;
    private torch.Tensor?[] _losses = [];
    private NetworkOutputs? _predicted;
    private NetworkOutputs? _outputs;
    private ulong _maskSeed;
    private SharedGradients? _sharedGradients;

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
        _maximumGradientNorm = maximumGradientNorm;
        _parameters = new FlatParameters(network.SharedParameters, [.. Enumerable.Range(0, tasks.Count).SelectMany(network.GetTaskParameters)]);
        _optimizer = (optimizer ?? Optimizer.Adam()).Start(_parameters.Decayed);
        _ownRanges = [.. Enumerable.Range(0, tasks.Count).Select(task => _parameters.GetTaskRange(network, task))];
        _frozen = new bool[tasks.Count];
        _objectives = new TaskObjectives(tasks, labelledShares, _frozen);
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

    public IReadOnlyList<torch.Tensor?> GateWeights => _outputs?.Gates ?? [];

    /// <summary>Whether outputs are computed of rows without a target too, for others who learn from them.</summary>
    public bool ComputesAllRows { get; init; }

    /// <summary>Which gradients are balanced.</summary>
    public BalancedGradients BalancedGradients { get; init; }

    internal FlatParameters Parameters => _parameters;

    public double? ParameterDistance => _network.GetParameterDistance(_parameters);

    public void BeginEpoch(ulong seed)
    {
        _maskSeed = seed;
        _sharedGradients?.BeginEpoch();
    }

    public void Predict(Batch batch) => _predicted = ForwardStep(batch);

    public StepLosses ComputeLosses(Batch batch)
    {
        _outputs = _predicted ?? ForwardStep(batch);
        _predicted = null;
        (StepLosses step, _losses) = _objectives.Compute(batch, _outputs);
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
        torch.Tensor? total = _outputs?.Penalty;
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

    public double[] ComputeNorms()
    {
        double[] norms = new double[_losses.Length];
        Parameter[] last = [.. _network.LastSharedParameters];
        for (int i = 0; i < norms.Length; i++)
        {
            if (_losses[i] is { } loss)
            {
                // A first layer has many parameters, which get no gradient here.
                Array.ForEach(last, parameter => _parameters.GetGradients(parameter).Clear());
                loss.backward(retain_graph: true, inputs: [.. last]);
                norms[i] = Math.Sqrt(last.Sum(parameter => Math.Pow(GradientNorm.Of(_parameters.GetGradients(parameter)), 2)));
            }
        }

        return norms;
    }

    public double[,] ComputeSharedGramian(bool keepsGraph)
    {
        NetworkOutputs outputs = _outputs ?? throw new InvalidOperationException("The losses have not been computed.");
        _sharedGradients ??= ChooseGradients(outputs);
        return _sharedGradients.Compute(outputs, _losses, keepsGraph || outputs.Penalty is not null);
    }

    public void CombineSharedGradients(ReadOnlySpan<double> weights)
    {
        SharedGradients gradients = _sharedGradients ?? throw new InvalidOperationException("The shared gradients have not been computed.");
        torch.Tensor? penalty = _outputs?.Penalty;
        gradients.Combine(weights, keepsGraph: penalty is not null);
        penalty?.backward();
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

    public IReadOnlyList<double> ComputeLossesAfterUpdate(Batch batch)
    {
        using IDisposable noGradient = torch.no_grad();
        (NetworkOutputs? outputs, IReadOnlyList<torch.Tensor?> raw) = (_outputs, Outputs);

        // Running statistics shall be of each batch once.
        float[] buffers = _buffers.Export();
        // Other masks would be another network, whose losses tell nothing of the update.
        _maskSeed--;
        double[] losses = ComputeLosses(batch).Losses;
        _buffers.Import(buffers);
        (_outputs, Outputs) = (outputs, raw);
        return losses;
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

            (torch.Tensor losses, torch.Tensor? factors, double weight) = _objectives.GetRows(batch, outputs, i);
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

    /// <summary>The outputs in training; each step has dropout's masks of its own, which can be drawn once more.</summary>
    private NetworkOutputs ForwardStep(Batch batch)
    {
        _network.Dropout?.Seed(++_maskSeed);
        return Forward(batch);
    }

    private SharedGradients ChooseGradients(NetworkOutputs outputs)
    {
        const long Many = 1 << 24;
        if (BalancedGradients == BalancedGradients.OfRepresentation && outputs.Tap is null)
        {
            throw new ArgumentException($"Option BalancedGradients is OfRepresentation, and the network {NetworkKind} has no one representation from which all tasks go on. Use BalancedGradients.OfParameters.");
        }

        bool atTap = BalancedGradients == BalancedGradients.OfRepresentation || (BalancedGradients == BalancedGradients.Automatic && outputs.Tap is not null && _tasks.Count * _parameters.SharedCount > Many);
        return atTap ? new RepresentationGradients(_parameters, _network, _tasks.Count, BalancedGradients) : new ParameterGradients(_parameters);
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
}
