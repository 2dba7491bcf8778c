using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Prints how fast the library is against what a user would write by hand. Only ratios of one run mean anything.</summary>
internal static class Ratios
{
    private const int ScoringBatchSize = 512;

    public static void Print(int pairs, string only)
    {
        Console.WriteLine($"Medians of {pairs} interleaved pairs, one thread. Ratio above 1: the library is faster.");
        Console.WriteLine();
        Console.WriteLine("| what | against | batch | baseline ms | ours ms | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (Workload workload in (Workload[])[Workload.Reference(8192), Workload.Table(16384)])
        {
            foreach (int batchSize in (int[])[32, 128, 1024])
            {
                PrintIf(only, "epoch", () => PrintEpoch(workload, batchSize, pairs));
                PrintIf(only, "fit", () => PrintFit(workload, batchSize, pairs));
            }
        }

        Workload scoring = Workload.Reference(10_000);
        using MultiTaskTransformer model = MakeTrainer(scoring, 1024, 1).Fit(scoring.View);
        PrintIf(only, "score", () => PrintScoring(scoring, model, pairs));
        PrintIf(only, "predict", () => PrintPrediction(scoring, model, pairs));
        PrintIf(only, "read", () => PrintReading(scoring, pairs));
    }

    internal static HardParameterSharingTrainer MakeTrainer(Workload workload, int batchSize, int epochs) =>
        workload.MlContext.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = workload.Tasks,
            SharedLayers = workload.SharedLayers,
            HeadLayers = workload.HeadLayers,
            BatchSize = batchSize,
            MaximumNumberOfEpochs = epochs,
            LearningRate = LearningRateSchedule.Constant(1e-3),
        });

    private static void PrintIf(string only, string part, Action print)
    {
        if (part.StartsWith(only, StringComparison.Ordinal))
        {
            print();
        }
    }

    /// <summary>The steps alone: an epoch of a training that is under way, shuffling included on both sides.</summary>
    private static void PrintEpoch(Workload workload, int batchSize, int pairs)
    {
        using IDisposable scope = torch.NewDisposeScope();
        HardParameterSharingTrainer trainer = MakeTrainer(workload, batchSize, 1000);
        TabularData rows = new DataViewReader("Features", workload.Tasks, null).Read(workload.View, null, CancellationToken.None);
        LabelInfo[] labels = [.. trainer.Tasks.Select((task, i) => task.Learn(workload.View.Schema[task.LabelColumnName], rows.Labels[i], rows.LabelWidths[i]))];
        using MultiTaskNetwork network = trainer.BuildNetwork(rows, labels);
        using TrainingSession session = trainer.OpenSession(network, rows, null, labels);
        using var plain = new PlainTraining(workload, batchSize);
        Report($"an epoch, {workload.Name}", "plain loop", batchSize, Pairs.Measure(pairs, () => plain.RunEpoch(), () => session.RunEpoch()));
    }

    /// <summary>Fit as a whole, reading and checking the rows included, against as many epochs of the plain loop, its tensors given.</summary>
    private static void PrintFit(Workload workload, int batchSize, int pairs)
    {
        const int Epochs = 5;
        HardParameterSharingTrainer trainer = MakeTrainer(workload, batchSize, Epochs);
        Report($"Fit, {Epochs} epochs, {workload.Name}", "plain loop", batchSize, Pairs.Measure(
            pairs,
            () =>
            {
                using var plain = new PlainTraining(workload, batchSize);
                for (int epoch = 0; epoch < Epochs; epoch++)
                {
                    plain.RunEpoch();
                }
            },
            () => trainer.Fit(workload.View).Dispose()));
    }

    private static void PrintScoring(Workload workload, MultiTaskTransformer model, int pairs)
    {
        IDataView scored = model.Transform(workload.View);
        using var network = new PlainNetwork(workload);
        network.eval();
        string what = $"scores of {workload.RowCount} rows, {workload.Name}";
        Report(what, "raw batched forward", ScoringBatchSize, Pairs.Measure(pairs, () => ScoreRaw(network, workload, ScoringBatchSize), () => Consume(scored, workload)));
        Report(what, "raw forward, row by row", ScoringBatchSize, Pairs.Measure(pairs, () => ScoreRaw(network, workload, 1), () => Consume(scored, workload)));
        Report(what, "reading the features alone", ScoringBatchSize, Pairs.Measure(pairs, () => Consume(workload.View, ["Features"]), () => Consume(scored, workload)));
    }

    /// <summary>A thousand single predictions through ML.NET's engine, against as many raw passes of one row.</summary>
    private static void PrintPrediction(Workload workload, MultiTaskTransformer model, int pairs)
    {
        const int Rows = 1000;
        using var network = new PlainNetwork(workload);
        network.eval();
        using var engine = SingleRowEngine.Open(workload.MlContext, model);
        float[][] inputs = [.. Enumerable.Range(0, Rows).Select(row => workload.Features.AsSpan(row * workload.FeatureCount, workload.FeatureCount).ToArray())];
        Report($"{Rows} times PredictionEngine.Predict, {workload.Name}", "raw forward, row by row", 1, Pairs.Measure(
            pairs,
            () => Array.ForEach(inputs, input => ScoreRaw(network, input)),
            () => Array.ForEach(inputs, input => engine.Predict(input))));
    }

    private static void PrintReading(Workload workload, int pairs)
    {
        var reader = new DataViewReader("Features", workload.Tasks, null);
        Report($"reading {workload.RowCount} rows of {workload.FeatureCount} features", "cursor over the columns", 0, Pairs.Measure(
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

    private static void ScoreRaw(PlainNetwork network, float[] input)
    {
        using IDisposable inference = torch.inference_mode();
        using IDisposable scope = torch.NewDisposeScope();
        foreach (torch.Tensor output in network.forward(torch.frombuffer(input, torch.ScalarType.Float32).view(1, input.Length)))
        {
            _ = output.softmax(1).data<float>().ToArray();
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
            foreach (ValueGetter<VBuffer<float>> getter in vectors)
            {
                getter(ref vector);
            }

            foreach (ValueGetter<uint> getter in keys)
            {
                getter(ref key);
            }
        }
    }

    private static void Report(string what, string against, int batchSize, (double Baseline, double Ours, double Ratio) result) =>
        Console.WriteLine(FormattableString.Invariant($"| {what} | {against} | {(batchSize == 0 ? "" : batchSize)} | {result.Baseline * 1000:0.0} | {result.Ours * 1000:0.0} | {result.Ratio:0.00} |"));
}
