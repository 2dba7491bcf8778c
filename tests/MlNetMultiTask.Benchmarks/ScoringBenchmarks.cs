using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>The latency of a single prediction. In this process: a generated project would not get the fix of the native libraries.</summary>
[Config(typeof(InProcess))]
[MemoryDiagnoser]
public class ScoringBenchmarks
{
    private MultiTaskTransformer _model = null!;
    private PredictionEngine<Input, Output> _engine = null!;
    private Input _input = null!;

    /// <summary>Trains the model that is scored.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Workload workload = Workload.Reference(1024);
        _model = workload.MlContext.MultiTask.Trainers.HardParameterSharing(workload.Tasks, maximumNumberOfEpochs: 1).Fit(workload.View);
        _engine = workload.MlContext.Model.CreatePredictionEngine<Input, Output>(_model);
        _input = new Input { Features = workload.Features.AsSpan(0, workload.FeatureCount).ToArray() };
    }

    /// <summary>Frees the model.</summary>
    [GlobalCleanup]
    public void Cleanup() => _engine.Dispose();

    /// <summary>One row, all tasks.</summary>
    [Benchmark]
    public uint PredictOneRow() => _engine.Predict(_input).Label0;

    /// <summary>A row of features.</summary>
    public sealed class Input
    {
        /// <summary>The features.</summary>
        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }

    /// <summary>The predictions that are read.</summary>
    public sealed class Output
    {
        /// <summary>The class of the first task.</summary>
        [ColumnName("Label0.PredictedLabel")]
        public uint Label0 { get; set; }

        /// <summary>The class of the second task.</summary>
        [ColumnName("Label1.PredictedLabel")]
        public uint Label1 { get; set; }
    }

    private sealed class InProcess : ManualConfig
    {
        public InProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
