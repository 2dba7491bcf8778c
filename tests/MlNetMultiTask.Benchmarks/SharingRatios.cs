using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>A network per task against one network for all, where each row has a label for one of 150 tasks.</summary>
internal static class SharingRatios
{
    private const int TaskCount = 150;
    private const int RowCount = 15_000;
    private const int FeatureCount = 20;

    public static void PrintEpochs(int pairs)
    {
        foreach ((int[] trunk, int[] head) in ((int[], int[])[])[([128, 64], [32]), ([64], [])])
        {
            foreach (int batchSize in (int[])[32, 128, 1024])
            {
                Print(pairs, trunk, head, batchSize);
            }
        }
    }

    private static void Print(int pairs, int[] trunk, int[] head, int batchSize)
    {
        var ml = new MLContext(1);
        PredictionTask[] tasks = [.. Enumerable.Range(0, TaskCount).Select(task => PredictionTask.Regression(FormattableString.Invariant($"T{task}")))];
        using IDisposable scope = torch.NewDisposeScope();
        HardParameterSharingTrainer hard = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = trunk,
            HeadLayers = head,
            BatchSize = batchSize,
            MaximumNumberOfEpochs = 1000,
        });
        SoftParameterSharingTrainer soft = ml.MultiTask.Trainers.SoftParameterSharing(new SoftParameterSharingOptions
        {
            Tasks = tasks,
            TrunkLayers = trunk,
            HeadLayers = head,
            BatchSize = batchSize,
            MaximumNumberOfEpochs = 1000,
        });
        TabularData rows = MakeRows();
        using MultiTaskNetwork hardNetwork = hard.BuildNetwork(rows, Labels);
        using TrainingSession hardSession = hard.OpenSession(hardNetwork, rows, null, Labels);
        using MultiTaskNetwork softNetwork = soft.BuildNetwork(rows, Labels);
        using TrainingSession softSession = soft.OpenSession(softNetwork, rows, null, Labels);
        Ratios.Report(
            $"an epoch of soft sharing, {TaskCount} tasks, layers {string.Join('-', trunk.Concat(head))}",
            "hard sharing",
            batchSize,
            Pairs.Measure(pairs, () => hardSession.RunEpoch(), () => softSession.RunEpoch()));
    }

    private static LabelInfo[] Labels { get; } = [.. Enumerable.Range(0, TaskCount).Select(_ => new LabelInfo { OutputCount = 1, Means = [0f], Deviations = [1f] })];

    private static TabularData MakeRows()
    {
        var random = new CounterRandom(1, 1);
        float[] features = new float[RowCount * FeatureCount];
        random.FillUniform(features, 1f);
        float[][] labels = [.. Enumerable.Range(0, TaskCount).Select(_ => Enumerable.Repeat(float.NaN, RowCount).ToArray())];
        for (int row = 0; row < RowCount; row++)
        {
            labels[row % TaskCount][row] = features[row * FeatureCount];
        }

        return new TabularData
        {
            RowCount = RowCount,
            FeatureCount = FeatureCount,
            Features = features,
            Labels = labels,
            LabelWidths = [.. Enumerable.Repeat(1, TaskCount)],
        };
    }
}
