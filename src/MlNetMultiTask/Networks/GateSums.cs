using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Networks;

/// <summary>What a network's gates give its experts, summed over rows.</summary>
internal sealed class GateSums
{
    private readonly long[] _rows;
    private readonly double[][] _weights;
    private readonly long[][] _selected;

    public GateSums(IReadOnlyList<GateDescription> gates)
    {
        Gates = gates;
        _rows = new long[gates.Count];
        _weights = [.. gates.Select(gate => new double[gate.Experts.Count])];
        _selected = [.. gates.Select(gate => new long[gate.Experts.Count])];
    }

    public IReadOnlyList<GateDescription> Gates { get; }

    /// <summary>Adds the rows of a batch; belongs into a dispose scope.</summary>
    /// <param name="weights">Per gate what it gave [B, E]; null for a gate that was not asked.</param>
    public void Add(IReadOnlyList<torch.Tensor?> weights)
    {
        for (int gate = 0; gate < weights.Count; gate++)
        {
            if (weights[gate] is not { } given)
            {
                continue;
            }

            torch.Tensor values = given.detach().contiguous();
            ReadOnlySpan<float> all = values.AsSpan();
            (double[] sums, long[] selected) = (_weights[gate], _selected[gate]);
            for (int row = 0; row < all.Length; row += sums.Length)
            {
                for (int expert = 0; expert < sums.Length; expert++)
                {
                    sums[expert] += all[row + expert];
                    selected[expert] += all[row + expert] > 0 ? 1 : 0;
                }
            }

            GC.KeepAlive(values);
            _rows[gate] += given.shape[0];
        }
    }

    /// <summary>Per expert of a gate, the mean of what it weighs over the rows; NaN where no row has been added.</summary>
    public double[] GetMeanWeights(int gate) => [.. _weights[gate].Select(sum => sum / _rows[gate])];

    /// <summary>Per expert of a gate, the share of the rows that are given to it at all; NaN where no row has been added.</summary>
    public double[] GetSelectedShares(int gate) => [.. _selected[gate].Select(count => (double)count / _rows[gate])];
}
