using MlNetMultiTask.Balancing;
using MlNetMultiTask.Data;

namespace MlNetMultiTask.Training;

/// <summary>Settles the tasks against one another in each step of a network, as the balancing method says, and tells how they compared.</summary>
internal sealed class Balancer
{
    private readonly MultiTaskTrainerOptions _options;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly ITrainingEngine _engine;
    private readonly TaskWeighting _weighting;
    private readonly CounterRandom _random;
    private double[] _weightSums;
    private int[] _weightSteps;
    private GradientSums _gradients;
    private int? _interval;

    /// <param name="options">The options of the network's trainer.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="seed">The seed of the method's random numbers.</param>
    /// <param name="engine">What executes the steps; not owned.</param>
    /// <exception cref="ArgumentException">The balancing method does not suit the network.</exception>
    public Balancer(MultiTaskTrainerOptions options, IReadOnlyList<PredictionTask> tasks, ulong seed, ITrainingEngine engine)
    {
        _options = options;
        _tasks = tasks;
        _engine = engine;
        _weighting = options.Balancing.Start([.. tasks.Select(task => task.Name)]);
        _random = new CounterRandom(seed, (uint)RandomStream.Balancing);
        (_weightSums, _weightSteps, _gradients) = (new double[tasks.Count], new int[tasks.Count], new GradientSums(tasks.Count));
        if (engine.HasSharedParameters)
        {
            return;
        }

        string problem = $"the network {engine.NetworkKind} with these layers has no such parameters.";
        if (BalancesGradients || Needs(BalancingNeeds.Norms))
        {
            throw new ArgumentException(
                $"Option Balancing is {options.Balancing.Name}, which balances the tasks' gradients of the parameters they share; {problem} Use TaskBalancing.Sum() or another method on losses, or a network with shared layers.",
                nameof(options));
        }

        if (options.GetGradientInterval(1) is not null)
        {
            throw new ArgumentException($"Option GradientSamplingInterval asks to compare the tasks' gradients of the parameters they share; {problem} Leave it null, or use a network with shared layers.", nameof(options));
        }
    }

    private bool BalancesGradients => Needs(BalancingNeeds.Gramian);

    /// <summary>Per task its mean weight in the epoch so far, over the steps in which it took part; NaN where it did in none.</summary>
    public IEnumerable<double> MeanWeights => _weightSums.Select((sum, task) => sum / _weightSteps[task]);

    /// <summary>How the tasks' gradients compared in the epoch so far; null where they were not compared.</summary>
    public TaskGradients? Gradients => _gradients.StepCount == 0 ? null : new TaskGradients([.. _tasks.Select(task => task.Name)], _gradients.StepCount, _gradients.GetNorms(), _gradients.GetCosines(), _gradients.GetConflicts());

    public void BeginEpoch(int stepsPerEpoch)
    {
        _interval = _options.GetGradientInterval(stepsPerEpoch);
        _weightSums = new double[_tasks.Count];
        _weightSteps = new int[_tasks.Count];
        _gradients = new GradientSums(_tasks.Count);
    }

    /// <summary>Computes the gradient of a step, after its losses.</summary>
    /// <param name="losses">The losses.</param>
    /// <param name="frozen">Per task, whether it has been frozen.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step in the epoch, from 0.</param>
    /// <param name="learningRate">The network's learning rate.</param>
    /// <returns>What the method was told; null where no task takes part.</returns>
    /// <exception cref="InvalidOperationException">The method gave weights that are none.</exception>
    public BalancingStep? Balance(StepLosses losses, IReadOnlyList<bool> frozen, int epoch, int step, double learningRate)
    {
        int[] tasks = [.. Enumerable.Range(0, _tasks.Count).Where(task => losses.Present[task])];
        double[] weights = new double[_tasks.Count];
        if (tasks.Length == 0)
        {
            CountWeights(weights, tasks, frozen);
            _engine.Backward(weights);
            return null;
        }

        double[]? norms = Needs(BalancingNeeds.Norms) ? _engine.ComputeNorms() : null;
        double[,]? gramian = BalancesGradients || step % _interval == 0 ? Pick(_engine.ComputeSharedGramian(keepsGraph: !BalancesGradients), tasks) : null;
        if (gramian is not null)
        {
            RequireFinite(gramian, tasks);
            _gradients.Add(tasks, gramian);
        }

        var told = new BalancingStep
        {
            Tasks = Array.AsReadOnly(tasks),
            Losses = Array.AsReadOnly(Pick(losses.Losses, tasks)),
            Norms = norms is null ? null : Pick(norms, tasks),
            Gramian = BalancesGradients ? gramian : null,
            Epoch = epoch,
            LearningRate = learningRate,
            NextRandom = _random.NextDouble,
        };
        double[] own = _weighting.GetWeights(told);
        RequireWeights(own, tasks);
        for (int i = 0; i < tasks.Length; i++)
        {
            weights[tasks[i]] = own[i];
        }

        CountWeights(weights, tasks, frozen);
        if (BalancesGradients)
        {
            _engine.CombineSharedGradients(weights);
        }
        else
        {
            _engine.Backward(weights);
        }

        return told;
    }

    /// <summary>Tells the method the losses after the update, where it asks for them.</summary>
    public void Observe(BalancingStep? step, Batch batch)
    {
        if (step is not null && Needs(BalancingNeeds.LossesAfterUpdate))
        {
            _weighting.Observe(step, Pick(_engine.ComputeLossesAfterUpdate(batch), step.Tasks));
        }
    }

    /// <summary>The method's state, and the place in its random numbers.</summary>
    /// <exception cref="InvalidOperationException">The method gave null.</exception>
    public (double[] Weighting, ulong Position) Export() =>
        (_weighting.ExportState() ?? throw new InvalidOperationException($"The balancing method {_options.Balancing.Name} gave null as its state; without state it is an empty array."), _random.Position);

    /// <summary>Goes on from where <see cref="Export"/> was called.</summary>
    /// <exception cref="FormatException">The state is not one of this method.</exception>
    public void Import(double[] weighting, ulong position)
    {
        _weighting.ImportState(weighting);
        _random.Position = position;
    }

    private bool Needs(BalancingNeeds need) => _options.Balancing.Needs.HasFlag(need);

    /// <summary>A task that has been frozen weighs 0; one without a label in the batch is not counted.</summary>
    private void CountWeights(double[] weights, int[] tasks, IReadOnlyList<bool> frozen)
    {
        foreach (int task in tasks.Concat(Enumerable.Range(0, weights.Length).Where(task => frozen[task])))
        {
            _weightSums[task] += weights[task];
            _weightSteps[task]++;
        }
    }

    private void RequireWeights(double[]? weights, int[] tasks)
    {
        string name = _options.Balancing.Name;
        if (weights?.Length != tasks.Length)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"The balancing method {name} gave {weights?.Length ?? 0} weights for {tasks.Length} tasks; there must be one for each of the step's Tasks."));
        }

        int wrong = Array.FindIndex(weights, weight => !double.IsFinite((float)weight));
        if (wrong >= 0)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"The balancing method {name} gave task '{_tasks[tasks[wrong]].Name}' the weight {weights[wrong]}; weights must be finite numbers of single precision."));
        }
    }

    private void RequireFinite(double[,] gramian, int[] tasks)
    {
        for (int i = 0; i < tasks.Length; i++)
        {
            if (!double.IsFinite(gramian[i, i]))
            {
                throw new InvalidOperationException($"The gradient of task '{_tasks[tasks[i]].Name}' is no longer of finite numbers, so training has stopped. Lower the learning rate, or look for extreme features or labels.");
            }
        }
    }

    private static double[] Pick(IReadOnlyList<double> values, IReadOnlyList<int> tasks) => [.. tasks.Select(task => values[task])];

    private static double[,] Pick(double[,] values, int[] tasks)
    {
        double[,] picked = new double[tasks.Length, tasks.Length];
        for (int i = 0; i < tasks.Length; i++)
        {
            for (int j = 0; j < tasks.Length; j++)
            {
                picked[i, j] = values[tasks[i], tasks[j]];
            }
        }

        return picked;
    }
}
