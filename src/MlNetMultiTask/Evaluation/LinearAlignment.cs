using System.Numerics.Tensors;

namespace MlNetMultiTask.Evaluation;

/// <summary>
/// What a network makes of some rows, to be compared with what others make of the same rows by linear centred kernel alignment (Kornblith, Norouzi, Lee, Hinton 2019, "Similarity of Neural Network Representations
/// Revisited"): ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) of centred columns, in Frobenius norms. It is 1 for representations that are the same up to a rotation and a factor, and does not ask for as many units.
/// </summary>
internal sealed class LinearAlignment
{
    private readonly double[][] _columns;
    private readonly double _norm;

    /// <param name="values">The representation, row by row.</param>
    /// <param name="rowCount">The number of rows.</param>
    public LinearAlignment(ReadOnlySpan<float> values, int rowCount)
    {
        int width = rowCount == 0 ? 0 : values.Length / rowCount;
        _columns = [.. Enumerable.Range(0, width).Select(_ => new double[rowCount])];
        for (int i = 0; i < values.Length; i++)
        {
            _columns[i % width][i / width] = values[i];
        }

        foreach (double[] column in _columns)
        {
            TensorPrimitives.Subtract(column, TensorPrimitives.Sum<double>(column) / rowCount, column);
        }

        // A factor does not matter, but for fourth powers of what is very large or small.
        double largest = _columns.Select(column => TensorPrimitives.MaxMagnitude<double>(column)).Select(Math.Abs).DefaultIfEmpty(0).Max();
        foreach (double[] column in _columns)
        {
            TensorPrimitives.Divide(column, largest == 0 ? 1 : largest, column);
        }

        _norm = Math.Sqrt(SumSquaredProducts(this));
    }

    /// <summary>Whether all rows are the same, so that there is nothing to compare.</summary>
    public bool IsConstant => _norm == 0;

    /// <summary>How similar two representations of the same rows are.</summary>
    /// <returns>From 0 to 1; NaN where one is constant, or has numbers that are not finite.</returns>
    public double Compare(LinearAlignment other) => IsConstant || other.IsConstant ? double.NaN : Math.Clamp(SumSquaredProducts(other) / (_norm * other._norm), 0, 1);

    private double SumSquaredProducts(LinearAlignment other)
    {
        double sum = 0;
        foreach (double[] own in _columns)
        {
            foreach (double[] column in other._columns)
            {
                double product = TensorPrimitives.Dot<double>(own, column);
                sum += product * product;
            }
        }

        return sum;
    }
}
