using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Training;

/// <summary>One network that learns: what executes its steps, how its tasks are weighed, and what it has reached in the epoch so far.</summary>
internal sealed class Learner : IDisposable
{
    private const string DivergenceRemedy = "Scale the features (Transforms.NormalizeMeanVariance with fixZero: false), lower the learning rate, or look for extreme labels.";

    private readonly MultiTaskTrainerOptions _options;
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IReadOnlyList<RunningMetric> _metrics;
    private readonly ulong _seed;
    private readonly Balancer _balancer;
    private readonly LookAheadMeter _lookAhead;
    private readonly bool[] _frozen;
    private GateSums _gates = new([]);
    private double _rate;
    private int _epoch;
    private int _step;
    private int _stepsPerEpoch;

    /// <param name="options">The options of the network's trainer.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="metrics">Per task, what counts its main metric.</param>
    /// <param name="seed">The seed of what is random in the network and in balancing.</param>
    /// <param name="engine">What executes the steps; owned by the learner, also where this fails.</param>
    /// <exception cref="ArgumentException">The balancing method does not suit the network.</exception>
    public Learner(MultiTaskTrainerOptions options, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<RunningMetric> metrics, ulong seed, ITrainingEngine engine)
    {
        _options = options;
        _tasks = tasks;
        _metrics = metrics;
        _seed = seed;
        Engine = engine;
        Sums = new EpochSums(tasks.Count);
        _frozen = new bool[tasks.Count];
        try
        {
            _lookAhead = new LookAheadMeter(options, tasks, engine);
            _balancer = new Balancer(options, tasks, seed, engine);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public ITrainingEngine Engine { get; }

    /// <summary>Which of several networks it is, for messages: " of network 2"; empty for a single one.</summary>
    public string Of { get; init; } = "";

    /// <summary>Per task, whether it has been frozen.</summary>
    public IReadOnlyList<bool> Frozen => _frozen;

    /// <summary>The losses of the epoch that is under way, or has ended last.</summary>
    public EpochSums Sums { get; private set; }

    /// <summary>Per task the mean weight that balancing gave it in the epoch so far.</summary>
    public IReadOnlyDictionary<string, double> TaskWeights => _tasks.ByName(_balancer.MeanWeights);

    /// <summary>How the tasks' gradients compared in the epoch so far; null where they were not compared.</summary>
    public TaskGradients? Gradients => _balancer.Gradients;

    /// <summary>What steps for one task would do to the others, in the epoch so far; null where nothing was sampled.</summary>
    public TaskLookAhead? Affinity => _lookAhead.Affinity;

    /// <summary>Begins an epoch.</summary>
    /// <param name="epoch">The epochs completed.</param>
    /// <param name="stepsPerEpoch">The steps of an epoch.</param>
    public void BeginEpoch(int epoch, int stepsPerEpoch)
    {
        (_epoch, _step, _stepsPerEpoch) = (epoch, 0, stepsPerEpoch);
        _balancer.BeginEpoch(stepsPerEpoch);
        _lookAhead.BeginEpoch(stepsPerEpoch);
        Sums = new EpochSums(_tasks.Count);
        _gates = new GateSums(Engine.Gates);
        Engine.BeginEpoch(new CounterRandom(_seed, (uint)RandomStream.Dropout, (uint)epoch).NextUInt64());
    }

    /// <summary>Learns from a batch.</summary>
    /// <param name="batch">The batch, with all its targets.</param>
    /// <param name="rateFactor">What the schedule's rate is multiplied by.</param>
    /// <returns>The losses before the step, and the rate.</returns>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    public (StepLosses Losses, double Rate) Step(Batch batch, double rateFactor)
    {
        _rate = rateFactor * _options.LearningRate.GetRate(((long)_epoch * _stepsPerEpoch) + _step, _stepsPerEpoch, _options.MaximumNumberOfEpochs);
        _step++;
        StepLosses losses = Engine.ComputeLosses(batch);
        RequireFinite(losses.RowSums, "loss");
        Engine.Observe(batch, _metrics);
        _gates.Add(Engine.GateWeights);
        BalancingStep? balanced = _balancer.Balance(losses, _frozen, _epoch + 1, _step - 1, _rate);
        _lookAhead.Sample(losses, batch, _step - 1, _rate);
        Engine.Update(_rate);
        _balancer.Observe(balanced, batch);
        Sums.Add(losses);
        return (losses, _rate);
    }

    /// <summary>The figures of the training rows since the epoch began. The metrics' count begins anew.</summary>
    /// <exception cref="InvalidOperationException">A weight is no longer a number.</exception>
    public EpochFigures EndTraining() => Engine.HasFiniteParameters
        ? new EpochFigures(_tasks.ByName(Sums.GetMeans()), TakeMetrics())
        : throw new InvalidOperationException(FormattableString.Invariant($"The weights{Of} are no longer finite numbers in epoch {_epoch + 1}, so training has stopped. {DivergenceRemedy}"));

    /// <summary>Measures a batch of validation rows.</summary>
    public void Measure(Batch batch, EpochSums sums)
    {
        Engine.Measure(batch, sums.Losses, sums.Weights);
        Engine.Observe(batch, _metrics);
    }

    /// <summary>The figures of the validation rows that have been measured. The metrics' count begins anew.</summary>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    public EpochFigures EndValidation(EpochSums sums)
    {
        RequireFinite(sums.Losses, "validation loss");
        return new EpochFigures(_tasks.ByName(sums.GetMeans()), TakeMetrics());
    }

    /// <summary>What the epoch reached.</summary>
    public TrainingEpoch Describe(EpochFigures training, EpochFigures? validation, TimeSpan duration) => new()
    {
        Number = _epoch + 1,
        TrainingLosses = training.Losses,
        TrainingMetrics = training.Metrics,
        ValidationLosses = validation?.Losses,
        ValidationMetrics = validation?.Metrics,
        TaskWeights = TaskWeights,
        Gradients = Gradients,
        Affinity = Affinity,
        LearningRate = _rate,
        ParameterDistance = Engine.ParameterDistance,
        ExpertUse = ExpertUse.Of(_gates, _tasks),
        Duration = duration,
    };

    /// <summary>Sets a task's own parameters to earlier ones and keeps them there; the task no longer moves the shared ones.</summary>
    public void Freeze(int task, float[] parameters)
    {
        Engine.Freeze(task, parameters);
        _frozen[task] = true;
    }

    /// <summary>All that the next epoch depends on, beside the rows, the options, the rate's factor and what is frozen.</summary>
    public LearnerState Export()
    {
        (double[] weighting, ulong position) = _balancer.Export();
        return new LearnerState(Engine.Export(), weighting, position);
    }

    /// <summary>Goes on from where <see cref="Export"/> was called.</summary>
    /// <exception cref="FormatException">The state is not one of this training.</exception>
    public void Import(LearnerState state, IReadOnlyList<bool> frozen)
    {
        Engine.Import(state.Engine);
        for (int i = 0; i < _frozen.Length; i++)
        {
            if (frozen[i])
            {
                Freeze(i, state.Engine.Parameters);
            }
        }

        _balancer.Import(state.Weighting, state.BalancingPosition);
    }

    public void Dispose() => Engine.Dispose();

    private void RequireFinite(double[] losses, string name)
    {
        int task = Array.FindIndex(losses, sum => !double.IsFinite(sum));
        if (task >= 0)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"The {name} of task '{_tasks[task].Name}'{Of} is no longer a finite number in epoch {_epoch + 1}, so training has stopped. {DivergenceRemedy}"));
        }
    }

    private IReadOnlyDictionary<string, double> TakeMetrics() => _tasks.ByName(_metrics.Select(metric => metric.Take()).ToArray());
}
