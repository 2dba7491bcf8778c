using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>ML.NET's PredictionEngine for the reference network; the model stays its owner's.</summary>
internal sealed class SingleRowEngine : IDisposable
{
    private readonly PredictionEngine<Input, Output> _engine;
    private readonly Input _input = new();
    private Output _output = new();

    private SingleRowEngine(PredictionEngine<Input, Output> engine) => _engine = engine;

    public static SingleRowEngine Open(MLContext mlContext, MultiTaskTransformer model) =>
        new(mlContext.Model.CreatePredictionEngine<Input, Output>(model, new PredictionEngineOptions { OwnsTransformer = false }));

    /// <summary>Predicts all tasks of a row, and returns the class of the first.</summary>
    public uint Predict(float[] features)
    {
        _input.Features = features;
        _engine.Predict(_input, ref _output);
        return _output.Label0;
    }

    public void Dispose() => _engine.Dispose();

    private sealed class Input
    {
        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Output
    {
        [ColumnName("Label0.PredictedLabel")]
        public uint Label0 { get; set; }

        [ColumnName("Label1.PredictedLabel")]
        public uint Label1 { get; set; }
    }
}
