using MlNetMultiTask.Data;

namespace MlNetMultiTask.Training;

/// <summary>Looks ahead in some steps of a network: what a step for one task alone would do to the others.</summary>
internal sealed class LookAheadMeter
{
    private readonly MultiTaskTrainerOptions _options;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly ITrainingEngine _engine;
    private int? _interval;
    private int _stepCount;
    private double[,] _sums = new double[0, 0];
    private int[,] _counts = new int[0, 0];

    /// <param name="options">The options of the network's trainer.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="engine">What executes the steps; not owned.</param>
    /// <exception cref="ArgumentException">The options ask for it, and the network has no shared parameters.</exception>
    public LookAheadMeter(MultiTaskTrainerOptions options, IReadOnlyList<PredictionTask> tasks, ITrainingEngine engine)
    {
        _options = options;
        _tasks = tasks;
        _engine = engine;
        if (options.GetAffinityInterval(1) is not null && !engine.HasSharedParameters)
        {
            throw new ArgumentException(
                $"Option AffinitySamplingInterval (MeasureAffinity sets it) asks what a step of the parameters that tasks share does to each of them; the network {engine.NetworkKind} with these layers has no such parameters. Leave it null, or use a network with shared layers.",
                nameof(options));
        }
    }

    /// <summary>The means of the epoch so far; null where nothing was sampled.</summary>
    public TaskLookAhead? Affinity => _stepCount == 0
        ? null
        : new TaskLookAhead([.. _tasks.Select(task => task.Name)], _stepCount, [.. Enumerable.Range(0, _tasks.Count * _tasks.Count).Select(k => GetMean(k / _tasks.Count, k % _tasks.Count))]);

    public void BeginEpoch(int stepsPerEpoch)
    {
        _interval = _options.GetAffinityInterval(stepsPerEpoch);
        _stepCount = 0;
        _sums = new double[_tasks.Count, _tasks.Count];
        _counts = new int[_tasks.Count, _tasks.Count];
    }

    /// <summary>Looks ahead, if it is the step's turn. The gradient of the step may have been computed already; all is left as it is.</summary>
    /// <param name="losses">The step's losses.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="step">The step in the epoch, from 0.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    public void Sample(StepLosses losses, Batch batch, int step, double learningRate)
    {
        // Without a label, a task may be there all the same: for its peers' sake.
        int[] tasks = [.. Enumerable.Range(0, _tasks.Count).Where(task => losses.Present[task] && losses.RowWeights[task] > 0)];
        if (tasks.Length == 0 || !(step % _interval == 0))
        {
            return;
        }

        double[,] affinities = _engine.LookAhead(batch, tasks, learningRate);
        _stepCount++;
        foreach (int i in tasks)
        {
            foreach (int j in tasks)
            {
                // A loss of 0 has no share that could be lost, and one beyond all numbers would be the only one to count.
                if (double.IsFinite(affinities[i, j]))
                {
                    _sums[i, j] += affinities[i, j];
                    _counts[i, j]++;
                }
            }
        }
    }

    /// <summary>A loss that rounding has put below 0 would be more than lost.</summary>
    private double GetMean(int from, int to) => Math.Min(1, _sums[from, to] / _counts[from, to]);
}
