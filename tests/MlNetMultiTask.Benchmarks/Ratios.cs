using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Prints how fast the library is against what a user would write by hand. Only ratios of one run mean anything.</summary>
internal static class Ratios
{
    public static void Print(int pairs)
    {
        Console.WriteLine($"Medians of {pairs} interleaved pairs, one thread. Ratio above 1: the library is faster.");
        Console.WriteLine();
        Console.WriteLine("| what | against | batch | baseline ms | ours ms | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (Workload workload in (Workload[])[Workload.Reference(8192), Workload.Table(16384)])
        {
            foreach (int batchSize in (int[])[32, 128, 1024])
            {
                PrintTraining(workload, batchSize, pairs);
            }
        }

        Workload scoring = Workload.Reference(10_000);
        using MultiTaskTransformer model = MakeTrainer(scoring, 1024, 1).Fit(scoring.View);
        PrintScoring(scoring, model, pairs);
        PrintReading(scoring, pairs);
    }

    private static HardParameterSharingTrainer MakeTrainer(Workload workload, int batchSize, int epochs) =>
        workload.MlContext.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = workload.Tasks,
            SharedLayers = workload.SharedLayers,
            HeadLayers = workload.HeadLayers,
            BatchSize = batchSize,
            MaximumNumberOfEpochs = epochs,
            LearningRate = LearningRateSchedule.Constant(1e-3),
        });

    /// <summary>Fit as a whole, reading included, against as many epochs of the plain loop, its tensors given.</summary>
    private static void PrintTraining(Workload workload, int batchSize, int pairs)
    {
        const int Epochs = 3;
        using IDisposable scope = torch.NewDisposeScope();
        torch.Tensor features = torch.frombuffer(workload.Features, torch.ScalarType.Float32).view(workload.RowCount, workload.FeatureCount);
        torch.Tensor[] labels = [.. workload.Labels.Select(label => torch.tensor(label))];
        long[] order = [.. Enumerable.Range(0, workload.RowCount).Select(row => (long)row)];
        HardParameterSharingTrainer trainer = MakeTrainer(workload, batchSize, Epochs);
        Report($"train {workload.Name}", "plain loop", batchSize, Pairs.Measure(
            pairs,
            () =>
            {
                using var network = new PlainNetwork(workload);
                using var adam = torch.optim.Adam(network.parameters(), 1e-3);
                var random = new Random(1);
                for (int epoch = 0; epoch < Epochs; epoch++)
                {
                    random.Shuffle(order);
                    network.RunEpoch(adam, features, labels, order, batchSize);
                }
            },
            () => trainer.Fit(workload.View).Dispose()));
    }

    private static void PrintScoring(Workload workload, MultiTaskTransformer model, int pairs)
    {
        IDataView scored = model.Transform(workload.View);
        using var network = new PlainNetwork(workload);
        network.eval();
        Report($"score {workload.Name}", "raw batched forward", 512, Pairs.Measure(pairs, () => ScoreRaw(network, workload, 512), () => Consume(scored, workload)));
        Report($"score {workload.Name}", "raw forward row by row", 1, Pairs.Measure(Math.Max(1, pairs / 5), () => ScoreRaw(network, workload, 1), () => Consume(scored, workload)));
    }

    private static void PrintReading(Workload workload, int pairs)
    {
        using IDisposable scope = torch.NewDisposeScope();
        var reader = new Data.DataViewReader("Features", workload.Tasks, null);
        Report($"read {workload.RowCount} rows x {workload.FeatureCount}", "cursor over the columns", 0, Pairs.Measure(
            pairs,
            () => Consume(workload.View, [.. workload.Tasks.Select(task => task.Name), "Features"]),
            () => reader.Read(workload.View, null, CancellationToken.None)));
    }

    private static void ScoreRaw(PlainNetwork network, Workload workload, int batchSize)
    {
        using IDisposable inference = torch.inference_mode();
        using IDisposable outer = torch.NewDisposeScope();
        torch.Tensor features = torch.frombuffer(workload.Features, torch.ScalarType.Float32).view(workload.RowCount, workload.FeatureCount);
        for (int row = 0; row < workload.RowCount; row += batchSize)
        {
            using IDisposable scope = torch.NewDisposeScope();
            int count = Math.Min(batchSize, workload.RowCount - row);
            foreach (torch.Tensor output in network.forward(features.narrow(0, row, count)))
            {
                _ = output.softmax(1).data<float>().ToArray();
            }
        }
    }

    private static void Consume(IDataView scored, Workload workload) => Consume(scored, [.. workload.Tasks.Select(task => task.ScoreColumnName)]);

    private static void Consume(IDataView view, string[] columns)
    {
        using DataViewRowCursor cursor = view.GetRowCursor(columns.Select(name => view.Schema[name]));
        var vectors = columns.Where(name => view.Schema[name].Type is VectorDataViewType).Select(name => cursor.GetGetter<VBuffer<float>>(view.Schema[name])).ToArray();
        var keys = columns.Where(name => view.Schema[name].Type is KeyDataViewType).Select(name => cursor.GetGetter<uint>(view.Schema[name])).ToArray();
        VBuffer<float> vector = default;
        uint key = 0;
        while (cursor.MoveNext())
        {
            Array.ForEach(vectors, getter => getter(ref vector));
            Array.ForEach(keys, getter => getter(ref key));
        }
    }

    private static void Report(string what, string against, int batchSize, (double Baseline, double Ours, double Ratio) result) =>
        Console.WriteLine($"| {what} | {against} | {batchSize} | {result.Baseline * 1000:0.0} | {result.Ours * 1000:0.0} | {result.Ratio:0.00} |");
}
