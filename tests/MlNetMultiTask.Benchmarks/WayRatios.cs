using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What an epoch of each way of sharing costs beside hard sharing: with the layers of each way's defaults, and with about as many parameters.</summary>
internal static class WayRatios
{
    public static void PrintEpochs(int pairs)
    {
        foreach (Workload workload in (Workload[])[Workload.Reference(8192), Workload.Table(16384)])
        {
            foreach (Way way in Way.Others)
            {
                Print(pairs, workload, way, (setting, _) => (int)(way.UsualShare * setting.Layers[0]), "usual widths");
                Print(pairs, workload, way, (setting, parameters) => way.FindWidth(setting, workload.FeatureCount, workload.Classes, parameters), "equal parameters");
            }
        }
    }

    private static void Print(int pairs, Workload workload, Way way, Func<WaySetting, long, int> getWidth, string sizes)
    {
        var setting = new WaySetting(workload.MlContext, workload.Tasks, workload.SharedLayers, workload.HeadLayers, BatchSize: 128, Epochs: 1000, Seed: 1);
        long parameters = Way.Hard.CountParameters(setting, setting.Layers[0], workload.FeatureCount, workload.Classes);
        int width = getWidth(setting, parameters);
        TabularData rows = new DataViewReader("Features", workload.Tasks, null).Read(workload.View, null, CancellationToken.None);
        LabelInfo[] labels = [.. setting.Tasks.Select((task, i) => task.Learn(workload.View.Schema[task.LabelColumnName], rows.Labels[i], rows.LabelWidths[i]))];
        using IDisposable scope = torch.NewDisposeScope();
        NetworkTrainer hard = Way.Hard.Create(setting, setting.Layers[0]);
        NetworkTrainer other = way.Create(setting, width);
        using MultiTaskNetwork hardNetwork = hard.BuildNetwork(rows, labels);
        using TrainingSession hardSession = hard.OpenSession(hardNetwork, rows, null, labels);
        using MultiTaskNetwork otherNetwork = other.BuildNetwork(rows, labels);
        using TrainingSession otherSession = other.OpenSession(otherNetwork, rows, null, labels);
        long count = way.CountParameters(setting, width, workload.FeatureCount, workload.Classes);
        Ratios.Report(
            FormattableString.Invariant($"an epoch of {way.Name}, {sizes} ({count:N0}), {workload.Name}"),
            FormattableString.Invariant($"hard sharing ({parameters:N0})"),
            setting.BatchSize,
            Pairs.Measure(pairs, () => hardSession.RunEpoch(), () => otherSession.RunEpoch()));
    }
}
