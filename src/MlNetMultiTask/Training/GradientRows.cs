using System.Numerics.Tensors;

namespace MlNetMultiTask.Training;

/// <summary>A gradient per task, in memory that is used again in each step.</summary>
internal sealed class GradientRows
{
    /// <summary>As many numbers of all tasks at a time as stay in the processor's cache.</summary>
    private const int BlockLength = 512;

    private float[] _values = [];
    private bool[] _filled = [];
    private double[] _block = [];
    private int _length;

    /// <summary>Begins a step: no task has a gradient.</summary>
    public void Begin(int taskCount, int length)
    {
        long total = (long)taskCount * length;
        if (total > Array.MaxLength)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"The gradients of {taskCount} tasks, of {length} numbers each, are too many to be balanced. Use BalancedGradients.OfRepresentation, where the network allows it, or a smaller network."));
        }

        if (_values.Length < total)
        {
            _values = GC.AllocateUninitializedArray<float>((int)total);
        }

        _length = length;
        _filled = new bool[taskCount];
    }

    /// <summary>The place for a task's gradient, which counts from now on; what is in it is to be overwritten.</summary>
    public Span<float> Fill(int task)
    {
        _filled[task] = true;
        return Row(task);
    }

    /// <summary>The inner products [T, T], in double precision throughout; 0 for a task without gradient.</summary>
    public double[,] GetProducts()
    {
        int[] tasks = [.. Enumerable.Range(0, _filled.Length).Where(task => _filled[task])];
        double[,] products = new double[_filled.Length, _filled.Length];
        Array.Resize(ref _block, Math.Max(_block.Length, tasks.Length * BlockLength));
        for (int start = 0; start < _length; start += BlockLength)
        {
            int count = Math.Min(BlockLength, _length - start);
            for (int i = 0; i < tasks.Length; i++)
            {
                Span<double> own = _block.AsSpan(i * BlockLength, count);
                TensorPrimitives.ConvertChecked<float, double>(Row(tasks[i]).Slice(start, count), own);
                for (int j = 0; j <= i; j++)
                {
                    products[tasks[i], tasks[j]] += TensorPrimitives.Dot<double>(own, _block.AsSpan(j * BlockLength, count));
                }
            }
        }

        foreach (int i in tasks)
        {
            foreach (int j in tasks)
            {
                products[i, j] = i >= j ? products[i, j] : products[j, i];
            }
        }

        return products;
    }

    /// <summary>Writes the sum of the gradients with these weights, from a place of the rows on.</summary>
    public void Combine(ReadOnlySpan<double> weights, int start, Span<float> result)
    {
        result.Clear();
        for (int task = 0; task < _filled.Length; task++)
        {
            if (_filled[task] && weights[task] != 0)
            {
                TensorPrimitives.MultiplyAdd(Row(task).Slice(start, result.Length), (float)weights[task], result, result);
            }
        }
    }

    private Span<float> Row(int task) => _values.AsSpan(task * _length, _length);
}
