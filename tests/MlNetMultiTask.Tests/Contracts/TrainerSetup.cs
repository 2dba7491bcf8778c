using System.Reflection;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>What a contract wants of a trainer: the options that all trainers share, small by default.</summary>
public sealed record TrainerSetup
{
    public IReadOnlyList<PredictionTask> Tasks { get; init; } = TestData.Tasks();

    public string FeatureColumnName { get; init; } = "Features";

    public string? ExampleWeightColumnName { get; init; }

    public int? Seed { get; init; }

    public int MaximumNumberOfEpochs { get; init; } = 2;

    public int BatchSize { get; init; } = 16;

    public LearningRateSchedule LearningRate { get; init; } = 0.01;

    public TaskBalancing Balancing { get; init; } = TaskBalancing.Sum();

    public BalancedGradients BalancedGradients { get; init; }

    public int? GradientSamplingInterval { get; init; }

    public int? AffinitySamplingInterval { get; init; }

    public Optimizer Optimizer { get; init; } = Optimizer.Adam();

    public double? MaximumGradientNorm { get; init; }

    public Activation Activation { get; init; }

    public bool LayerNormalization { get; init; }

    public double Dropout { get; init; }

    public float ValidationFraction { get; init; }

    public string? ValidationColumnName { get; init; }

    public string? SamplingKeyColumnName { get; init; }

    public EarlyStopping? EarlyStopping { get; init; }

    public Microsoft.ML.ITransformer? InitialModel { get; init; }

    public Checkpointing? Checkpointing { get; init; }

    public TimeSpan? ProgressInterval { get; init; }

    public OnCancellation OnCancellation { get; init; }

    public int? NumberOfThreads { get; init; }

    public IProgress<TrainingProgress>? Progress { get; init; }

    public CancellationToken CancellationToken { get; init; }

    /// <summary>Options of a trainer with these settings; its own options have their defaults, or what is given.</summary>
    public TOptions To<TOptions>(params (string Option, object Value)[] own)
        where TOptions : MultiTaskTrainerOptions, new()
    {
        var options = new TOptions();
        foreach (PropertyInfo property in typeof(TrainerSetup).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            typeof(TOptions).GetProperty(property.Name)!.SetValue(options, property.GetValue(this));
        }

        foreach ((string option, object value) in own)
        {
            typeof(TOptions).GetProperty(option)!.SetValue(options, value);
        }

        return options;
    }
}
