namespace MlNetMultiTask.Balancing;

/// <summary>How the tasks' gradients compare, summed over steps.</summary>
internal sealed class GradientSums(int taskCount)
{
    private readonly double[] _norms = new double[taskCount];
    private readonly int[] _steps = new int[taskCount];
    private readonly double[,] _cosines = new double[taskCount, taskCount];
    private readonly int[,] _conflicts = new int[taskCount, taskCount];
    private readonly int[,] _pairSteps = new int[taskCount, taskCount];

    /// <summary>The steps that have been added.</summary>
    public int StepCount { get; private set; }

    /// <summary>Adds a step in which these tasks took part.</summary>
    /// <param name="tasks">The tasks, K of them.</param>
    /// <param name="gramian">The inner products [K, K] of their gradients.</param>
    public void Add(IReadOnlyList<int> tasks, double[,] gramian)
    {
        var scaled = new ScaledGramian(gramian);
        StepCount++;
        for (int i = 0; i < tasks.Count; i++)
        {
            _norms[tasks[i]] += scaled.Norms[i];
            _steps[tasks[i]]++;
            for (int j = 0; j < tasks.Count; j++)
            {
                // A gradient of 0 has no direction.
                if (scaled.Norms[i] > 0 && scaled.Norms[j] > 0)
                {
                    _cosines[tasks[i], tasks[j]] += scaled.Cosines[i, j];
                    _conflicts[tasks[i], tasks[j]] += scaled.Cosines[i, j] < 0 ? 1 : 0;
                    _pairSteps[tasks[i], tasks[j]]++;
                }
            }
        }
    }

    /// <summary>Per task the mean norm over the steps in which it took part; NaN where it did in none.</summary>
    public double[] GetNorms() => [.. _norms.Select((sum, task) => sum / _steps[task])];

    /// <summary>Per pair of tasks [T · T], row by row, the mean cosine over the steps in which both took part; NaN where they did in none.</summary>
    public double[] GetCosines() => Flatten((i, j) => _cosines[i, j] / _pairSteps[i, j]);

    /// <summary>Per pair of tasks [T · T], row by row, the share of these steps in which the cosine was below 0.</summary>
    public double[] GetConflicts() => Flatten((i, j) => (double)_conflicts[i, j] / _pairSteps[i, j]);

    private double[] Flatten(Func<int, int, double> get) => [.. Enumerable.Range(0, taskCount * taskCount).Select(k => get(k / taskCount, k % taskCount))];
}
