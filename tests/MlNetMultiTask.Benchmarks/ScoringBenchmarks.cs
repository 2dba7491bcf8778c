using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Microsoft.ML;
using TorchSharp;

namespace MlNetMultiTask.Benchmarks;

/// <summary>
/// Time and managed memory of a single prediction, and of a view of a thousand rows. In this process: a generated project would not get the
/// fix of the native libraries.
/// </summary>
[Config(typeof(InProcess))]
[MemoryDiagnoser]
public class ScoringBenchmarks
{
    private MultiTaskTransformer _model = null!;
    private SingleRowEngine _engine = null!;
    private float[] _features = [];
    private IDataView _scored = null!;
    private string[] _scores = [];

    /// <summary>Trains the model that is scored.</summary>
    [GlobalSetup]
    public void Setup()
    {
        // The number is a thread's own, and benchmarks run on another thread than the program.
        torch.set_num_threads(1);
        Workload workload = Workload.Reference(1000);
        _model = workload.MakeTrainer(128, 1).Fit(workload.View);
        _engine = SingleRowEngine.Open(workload.MlContext, _model);
        _features = workload.Features.AsSpan(0, workload.FeatureCount).ToArray();
        _scored = _model.Transform(workload.View);
        _scores = [.. _model.Tasks.Select(task => task.ScoreColumnName)];
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

    /// <summary>A thousand rows, all scores.</summary>
    [Benchmark]
    public void ScoreView() => Columns.Read(_scored, _scores);

    private sealed class InProcess : ManualConfig
    {
        public InProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
