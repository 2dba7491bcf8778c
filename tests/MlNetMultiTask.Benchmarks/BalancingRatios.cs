using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What a step costs with each method of balancing, its solver included, beside the sum of the losses.</summary>
internal static class BalancingRatios
{
    private const int RowCount = 4096;
    private const int FeatureCount = 784;
    private const int ClassCount = 10;
    private const int BatchSize = 128;

    private static readonly TaskBalancing[] _ofGradients =
    [
        TaskBalancing.PCGrad(), TaskBalancing.UPGrad(), TaskBalancing.CAGrad(), TaskBalancing.NashMTL(), TaskBalancing.MGDA(), TaskBalancing.AlignedMTL(),
    ];

    private static readonly TaskBalancing[] _ofLosses = [TaskBalancing.FAMO(), TaskBalancing.GradNorm(), TaskBalancing.Uncertainty()];

    public static void PrintEpochs(int pairs)
    {
        foreach (int taskCount in (int[])[2, 4, 8])
        {
            TabularData rows = MakeRows(taskCount);
            foreach ((BalancedGradients gradients, string name) in (ReadOnlySpan<(BalancedGradients, string)>)[(BalancedGradients.OfParameters, "parameters"), (BalancedGradients.OfRepresentation, "representation")])
            {
                foreach (TaskBalancing balancing in _ofGradients)
                {
                    Print(pairs, rows, balancing, gradients, $"{balancing.Name}, gradients of the {name}");
                }
            }

            foreach (TaskBalancing balancing in taskCount == 2 ? _ofLosses : [])
            {
                Print(pairs, rows, balancing, BalancedGradients.Automatic, balancing.Name);
            }
        }
    }

    private static void Print(int pairs, TabularData rows, TaskBalancing balancing, BalancedGradients gradients, string name)
    {
        int taskCount = rows.Labels.Count;
        LabelInfo[] labels = [.. Enumerable.Repeat(new LabelInfo { OutputCount = ClassCount }, taskCount)];
        using IDisposable scope = torch.NewDisposeScope();
        HardParameterSharingTrainer sum = MakeTrainer(taskCount, TaskBalancing.Sum(), gradients);
        HardParameterSharingTrainer balanced = MakeTrainer(taskCount, balancing, gradients);
        using MultiTaskNetwork sumNetwork = sum.BuildNetwork(rows, labels);
        using TrainingSession sumSession = sum.OpenSession(sumNetwork, rows, null, labels);
        using MultiTaskNetwork balancedNetwork = balanced.BuildNetwork(rows, labels);
        using TrainingSession balancedSession = balanced.OpenSession(balancedNetwork, rows, null, labels);
        Ratios.Report(
            FormattableString.Invariant($"{RowCount / BatchSize} steps, {taskCount} tasks: {name}"),
            "the sum",
            BatchSize,
            Pairs.MeasureProcessor(pairs, () => sumSession.RunEpoch(), () => balancedSession.RunEpoch()));
    }

    internal static HardParameterSharingTrainer MakeTrainer(int taskCount, TaskBalancing balancing, BalancedGradients gradients) =>
        new MLContext(1).MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = [.. Enumerable.Range(0, taskCount).Select(task => PredictionTask.MulticlassClassification(FormattableString.Invariant($"T{task}")))],
            BatchSize = BatchSize,
            MaximumNumberOfEpochs = 1000,
            Balancing = balancing,
            BalancedGradients = gradients,
        });

    /// <summary>Pictures of noise; a task's class is told by a pixel of its own.</summary>
    internal static TabularData MakeRows(int taskCount)
    {
        float[] features = new float[RowCount * FeatureCount];
        new CounterRandom(1, 1).FillUniform(features, 1f);
        return new TabularData
        {
            RowCount = RowCount,
            FeatureCount = FeatureCount,
            Features = features,
            Labels = [.. Enumerable.Range(0, taskCount).Select(task => Enumerable.Range(0, RowCount).Select(row => MathF.Floor((features[(row * FeatureCount) + task] + 1) / 2 * 0.9999f * ClassCount)).ToArray())],
            LabelWidths = [.. Enumerable.Repeat(1, taskCount)],
        };
    }
}
