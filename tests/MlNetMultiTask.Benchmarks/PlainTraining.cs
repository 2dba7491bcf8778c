using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>A training by the plain loop: its network, torch's own Adam, and the rows as tensors.</summary>
internal sealed class PlainTraining : IDisposable
{
    private readonly int _batchSize;
    private readonly PlainNetwork _network;
    private readonly torch.optim.Optimizer _adam;
    private readonly torch.Tensor _features;
    private readonly torch.Tensor[] _labels;
    private readonly long[] _order;
    private readonly Random _random = new(1);

    public PlainTraining(Workload workload, int batchSize)
    {
        _batchSize = batchSize;
        _network = new PlainNetwork(workload);
        _adam = torch.optim.Adam(_network.parameters(), 1e-3);
        using torch.Tensor flat = torch.frombuffer(workload.Features, torch.ScalarType.Float32);
        _features = flat.view(workload.RowCount, workload.FeatureCount);
        _labels = [.. workload.Labels.Select(label => torch.tensor(label))];
        _order = [.. Enumerable.Range(0, workload.RowCount).Select(row => (long)row)];
    }

    /// <summary>A training from the first weights to the last.</summary>
    public static void Run(Workload workload, int batchSize, int epochs)
    {
        using var training = new PlainTraining(workload, batchSize);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            training.RunEpoch();
        }
    }

    public double RunEpoch()
    {
        _random.Shuffle(_order);
        return _network.RunEpoch(_adam, _features, _labels, _order, _batchSize);
    }

    public void Dispose()
    {
        _adam.Dispose();
        _network.Dispose();
        _features.Dispose();
        Array.ForEach(_labels, label => label.Dispose());
    }
}
