using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Training against the plain loop: both networks, three sizes of batches.</summary>
internal static class TrainingRatios
{
    private const int FitEpochs = 5;

    private static readonly int[] _batchSizes = [32, 128, 1024];

    /// <summary>The steps alone: an epoch of a training that is under way, shuffling included on both sides.</summary>
    public static void PrintEpochs(int pairs) => ForAll((workload, batchSize) =>
    {
        using IDisposable scope = torch.NewDisposeScope();
        HardParameterSharingTrainer trainer = workload.MakeTrainer(batchSize, 1000);
        TabularData rows = new DataViewReader("Features", workload.Tasks, null).Read(workload.View, null, CancellationToken.None);
        LabelInfo[] labels = [.. trainer.Tasks.Select((task, i) => task.Learn(workload.View.Schema[task.LabelColumnName], rows.Labels[i], rows.LabelWidths[i]))];
        using MultiTaskNetwork network = trainer.BuildNetwork(rows, labels);
        using TrainingSession session = trainer.OpenSession(network, rows, null, labels);
        using var plain = new PlainTraining(workload, batchSize);
        Ratios.Report($"an epoch, {workload.Name}", "plain loop", batchSize, Pairs.Measure(pairs, () => plain.RunEpoch(), () => session.RunEpoch()));
    });

    /// <summary>Fit as a whole, reading and checking the rows included, against as many epochs of the plain loop, its tensors given.</summary>
    public static void PrintFits(int pairs) => ForAll((workload, batchSize) =>
    {
        HardParameterSharingTrainer trainer = workload.MakeTrainer(batchSize, FitEpochs);
        Ratios.Report($"Fit, {FitEpochs} epochs, {workload.Name}", "plain loop", batchSize, Pairs.Measure(
            pairs,
            () => PlainTraining.Run(workload, batchSize, FitEpochs),
            () => trainer.Fit(workload.View).Dispose()));
    });

    /// <summary>What it costs to measure on a tenth as many validation rows after each epoch, and to be told of every batch.</summary>
    public static void PrintOverheads(int pairs) => ForAll((workload, batchSize) =>
    {
        HardParameterSharingTrainer plain = workload.MakeTrainer(batchSize, FitEpochs);
        HardParameterSharingTrainer watched = workload.MakeTrainer(batchSize, FitEpochs, new Listener());
        IDataView validation = workload.MlContext.Data.TakeRows(workload.View, workload.RowCount / 10);
        Ratios.Report($"Fit with validation and progress, {workload.Name}", "Fit without", batchSize, Pairs.Measure(
            pairs,
            () => plain.Fit(workload.View).Dispose(),
            () => watched.Fit(workload.View, validation).Dispose()));
    });

    private static void ForAll(Action<Workload, int> print)
    {
        foreach (Workload workload in (Workload[])[Workload.Reference(8192), Workload.Table(16384)])
        {
            Array.ForEach(_batchSizes, batchSize => print(workload, batchSize));
        }
    }

    private sealed class Listener : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
        }
    }
}
