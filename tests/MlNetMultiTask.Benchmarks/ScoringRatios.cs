using Microsoft.ML;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Scoring against raw passes through the plain network.</summary>
internal static class ScoringRatios
{
    private const int RowCount = 10_000;
    private const int BatchSize = 512;

    /// <summary>Reading all scores of a view, against a raw pass in batches, against one row by row, and against reading the features.</summary>
    public static void PrintViews(int pairs) => WithModel((workload, model, network) =>
    {
        IDataView scored = model.Transform(workload.View);
        string[] scores = [.. model.Tasks.Select(task => task.ScoreColumnName)];
        string what = $"scores of {RowCount} rows, {workload.Name}";
        Ratios.Report(what, "raw batched forward", BatchSize, Pairs.Measure(pairs, () => ScoreRaw(network, workload, BatchSize), () => Columns.Read(scored, scores)));
        Ratios.Report(what, "raw forward, row by row", 1, Pairs.Measure(pairs, () => ScoreRaw(network, workload, 1), () => Columns.Read(scored, scores)));
        Ratios.Report(what, "reading the features alone", null, Pairs.Measure(pairs, () => Columns.Read(workload.View, ["Features"]), () => Columns.Read(scored, scores)));
    });

    /// <summary>A thousand single predictions through ML.NET's engine, against as many raw passes of one row.</summary>
    public static void PrintPredictions(int pairs) => WithModel((workload, model, network) =>
    {
        const int Rows = 1000;
        using var engine = SingleRowEngine.Open(workload.MlContext, model);
        float[][] inputs = [.. Enumerable.Range(0, Rows).Select(row => workload.Features.AsSpan(row * workload.FeatureCount, workload.FeatureCount).ToArray())];
        Ratios.Report($"{Rows} times PredictionEngine.Predict, {workload.Name}", "raw forward, row by row", 1, Pairs.Measure(
            pairs,
            () => Array.ForEach(inputs, input => ScoreRaw(network, input, 1)),
            () => Array.ForEach(inputs, input => engine.Predict(input))));
    });

    private static void WithModel(Action<Workload, MultiTaskTransformer, PlainNetwork> print)
    {
        Workload workload = Workload.Reference(RowCount);
        using MultiTaskTransformer model = workload.MakeTrainer(1024, 1).Fit(workload.View);
        using var network = new PlainNetwork(workload);
        network.eval();
        print(workload, model, network);
    }

    private static void ScoreRaw(PlainNetwork network, Workload workload, int batchSize)
    {
        using IDisposable inference = torch.inference_mode();
        using IDisposable outer = torch.NewDisposeScope();
        torch.Tensor features = torch.frombuffer(workload.Features, torch.ScalarType.Float32).view(workload.RowCount, workload.FeatureCount);
        for (int row = 0; row < workload.RowCount; row += batchSize)
        {
            Forward(network, features.narrow(0, row, Math.Min(batchSize, workload.RowCount - row)));
        }
    }

    private static void ScoreRaw(PlainNetwork network, float[] input, int rows)
    {
        using IDisposable inference = torch.inference_mode();
        using IDisposable scope = torch.NewDisposeScope();
        Forward(network, torch.frombuffer(input, torch.ScalarType.Float32).view(rows, input.Length / rows));
    }

    private static void Forward(PlainNetwork network, torch.Tensor features)
    {
        using IDisposable scope = torch.NewDisposeScope();
        foreach (torch.Tensor output in network.forward(features))
        {
            _ = output.softmax(1).data<float>().ToArray();
        }
    }
}
