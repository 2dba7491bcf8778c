using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>What networks that learn together tell one another: their predictions of each batch; and how far they agree.</summary>
internal sealed class PeerExchange
{
    private readonly IReadOnlyList<PredictionTask> _tasks;
    private readonly IReadOnlyList<Learner> _learners;
    private readonly double _weight;
    private readonly (int First, int Second, AgreementMetric[] Tasks)[] _pairs;
    private IReadOnlyList<torch.Tensor?>[] _outputs = [];

    /// <param name="tasks">The tasks.</param>
    /// <param name="labels">What training learned of each task's label.</param>
    /// <param name="learners">The learners: two or more; not owned.</param>
    /// <param name="weight">What the mean over peers weighs beside the loss against labels.</param>
    public PeerExchange(IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, IReadOnlyList<Learner> learners, double weight)
    {
        _tasks = tasks;
        _learners = learners;
        _weight = weight;
        _pairs =
        [
            .. Enumerable.Range(0, learners.Count).SelectMany(first => Enumerable.Range(first + 1, learners.Count - first - 1)
                .Select(second => (first, second, tasks.Select((task, i) => task.ReadScores(labels[i]).CreateAgreement()).ToArray()))),
        ];
    }

    /// <summary>Asks all learners for their predictions of a batch. All learn from these, whoever moves first, so that none is privileged.</summary>
    public void Begin(Batch batch)
    {
        foreach (Learner learner in _learners)
        {
            learner.Engine.Predict(batch);
        }

        _outputs = [.. _learners.Select(learner => learner.Engine.Outputs.Select(raw => raw?.detach()).ToArray())];
    }

    /// <summary>Gives a learner its peers' predictions as targets.</summary>
    public void Teach(int learner, Batch batch)
    {
        for (int task = 0; task < _tasks.Count && _weight > 0; task++)
        {
            batch.Targets[task].Peers = new PeerTargets([.. _outputs.Where((_, other) => other != learner).Select(own => own[task]!)], _weight);
        }
    }

    /// <summary>Compares the predictions of the batch that all have computed last.</summary>
    public void Observe(Batch batch)
    {
        float[][][] values = [.. _learners.Select(learner => learner.Engine.Outputs.Select(raw => raw!.AsSpan().ToArray()).ToArray())];
        foreach ((int first, int second, AgreementMetric[] tasks) in _pairs)
        {
            for (int task = 0; task < tasks.Length; task++)
            {
                tasks[task].Add(values[first][task], values[second][task], batch.RowCount);
            }
        }
    }

    /// <summary>Per task how far the learners agree, in the mean over pairs, since the last call; and begins anew.</summary>
    public IReadOnlyDictionary<string, double> TakeAgreement() =>
        TaskFigures.GetMeans(_pairs.Select(pair => _tasks.ByName(pair.Tasks.Select(metric => metric.Take()))).ToArray())!;
}
