using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>The latency of a single prediction. In this process: a generated project would not get the fix of the native libraries.</summary>
[Config(typeof(InProcess))]
[MemoryDiagnoser]
public class ScoringBenchmarks
{
    private MultiTaskTransformer _model = null!;
    private SingleRowEngine _engine = null!;
    private float[] _features = [];

    /// <summary>Trains the model that is scored.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Workload workload = Workload.Reference(1024);
        _model = workload.MlContext.MultiTask.Trainers.HardParameterSharing(workload.Tasks, maximumNumberOfEpochs: 1).Fit(workload.View);
        _engine = SingleRowEngine.Open(workload.MlContext, _model);
        _features = workload.Features.AsSpan(0, workload.FeatureCount).ToArray();
    }

    /// <summary>Frees the model.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _engine.Dispose();
        _model.Dispose();
    }

    /// <summary>One row, all tasks.</summary>
    [Benchmark]
    public uint PredictOneRow() => _engine.Predict(_features);

    private sealed class InProcess : ManualConfig
    {
        public InProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
