using Microsoft.ML;

namespace MlNetMultiTask;

/// <summary>The trainers of multi-task models.</summary>
public sealed partial class MultiTaskTrainers
{
    private readonly MLContext _mlContext;

    internal MultiTaskTrainers(MLContext mlContext) => _mlContext = mlContext;

    /// <summary>One network with shared layers and a head per task, with the default layers.</summary>
    /// <param name="tasks">What to predict: one task or more.</param>
    /// <param name="featureColumnName">The column of features: a known-size vector of <see cref="float"/>, scaled to similar ranges around 0: <c>NormalizeMeanVariance</c> does it with <c>fixZero: false</c>.</param>
    /// <param name="exampleWeightColumnName">The column of row weights; null for none.</param>
    /// <param name="maximumNumberOfEpochs">How many times training passes over the rows.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">A task or an argument is not valid.</exception>
    public HardParameterSharingTrainer HardParameterSharing(
        IReadOnlyList<PredictionTask> tasks,
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        int maximumNumberOfEpochs = 50) =>
        HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            MaximumNumberOfEpochs = maximumNumberOfEpochs,
        });

    /// <summary>One network with shared layers and a head per task.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public HardParameterSharingTrainer HardParameterSharing(HardParameterSharingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new HardParameterSharingTrainer(_mlContext, options);
    }

    /// <summary>A network per task, kept close to one another, with the default layers.</summary>
    /// <param name="tasks">What to predict: one task or more.</param>
    /// <param name="featureColumnName">The column of features: a known-size vector of <see cref="float"/>, scaled to similar ranges around 0.</param>
    /// <param name="exampleWeightColumnName">The column of row weights; null for none.</param>
    /// <param name="sharingStrength">λ, what the squared distances between the tasks' parameters weigh beside the losses; 0 or more.</param>
    /// <param name="maximumNumberOfEpochs">How many times training passes over the rows.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">A task or an argument is not valid.</exception>
    public SoftParameterSharingTrainer SoftParameterSharing(
        IReadOnlyList<PredictionTask> tasks,
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        float sharingStrength = 1e-3f,
        int maximumNumberOfEpochs = 50) =>
        SoftParameterSharing(new SoftParameterSharingOptions
        {
            Tasks = tasks,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            SharingStrength = sharingStrength,
            MaximumNumberOfEpochs = maximumNumberOfEpochs,
        });

    /// <summary>A network per task, kept close to one another.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public SoftParameterSharingTrainer SoftParameterSharing(SoftParameterSharingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SoftParameterSharingTrainer(_mlContext, options);
    }

    /// <summary>A network per task; behind each layer they exchange activations by learned units (Misra et al. 2016), with the default layers.</summary>
    /// <param name="tasks">What to predict: one task or more.</param>
    /// <param name="featureColumnName">The column of features: a known-size vector of <see cref="float"/>, scaled to similar ranges around 0.</param>
    /// <param name="exampleWeightColumnName">The column of row weights; null for none.</param>
    /// <param name="maximumNumberOfEpochs">How many times training passes over the rows.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">A task or an argument is not valid.</exception>
    public CrossStitchTrainer CrossStitch(
        IReadOnlyList<PredictionTask> tasks,
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        int maximumNumberOfEpochs = 50) =>
        CrossStitch(new CrossStitchOptions
        {
            Tasks = tasks,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            MaximumNumberOfEpochs = maximumNumberOfEpochs,
        });

    /// <summary>A network per task; behind each layer they exchange activations by learned units (Misra et al. 2016).</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public CrossStitchTrainer CrossStitch(CrossStitchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CrossStitchTrainer(_mlContext, options);
    }

    /// <summary>Experts that all tasks share, mixed by a gate per task (Ma et al. 2018), with the default layers.</summary>
    /// <param name="tasks">What to predict: one task or more.</param>
    /// <param name="featureColumnName">The column of features: a known-size vector of <see cref="float"/>, scaled to similar ranges around 0.</param>
    /// <param name="exampleWeightColumnName">The column of row weights; null for none.</param>
    /// <param name="numberOfExperts">The number of experts; 1 or more.</param>
    /// <param name="maximumNumberOfEpochs">How many times training passes over the rows.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">A task or an argument is not valid.</exception>
    public MultiGateMixtureOfExpertsTrainer MultiGateMixtureOfExperts(
        IReadOnlyList<PredictionTask> tasks,
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        int numberOfExperts = 4,
        int maximumNumberOfEpochs = 50) =>
        MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions
        {
            Tasks = tasks,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            NumberOfExperts = numberOfExperts,
            MaximumNumberOfEpochs = maximumNumberOfEpochs,
        });

    /// <summary>Experts that all tasks share, mixed by a gate per task (Ma et al. 2018) or by one for all.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public MultiGateMixtureOfExpertsTrainer MultiGateMixtureOfExperts(MultiGateMixtureOfExpertsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MultiGateMixtureOfExpertsTrainer(_mlContext, options);
    }

    /// <summary>Levels of experts, of each task and of all, mixed by gates (Tang et al. 2020), with the default layers.</summary>
    /// <param name="tasks">What to predict: one task or more.</param>
    /// <param name="featureColumnName">The column of features: a known-size vector of <see cref="float"/>, scaled to similar ranges around 0.</param>
    /// <param name="exampleWeightColumnName">The column of row weights; null for none.</param>
    /// <param name="numberOfLevels">The number of levels; 1 is customized gate control (CGC).</param>
    /// <param name="maximumNumberOfEpochs">How many times training passes over the rows.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">A task or an argument is not valid.</exception>
    public ProgressiveLayeredExtractionTrainer ProgressiveLayeredExtraction(
        IReadOnlyList<PredictionTask> tasks,
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null,
        int numberOfLevels = 2,
        int maximumNumberOfEpochs = 50) =>
        ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions
        {
            Tasks = tasks,
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            NumberOfLevels = numberOfLevels,
            MaximumNumberOfEpochs = maximumNumberOfEpochs,
        });

    /// <summary>Levels of experts, of each task and of all, mixed by gates (Tang et al. 2020); with one level, customized gate control.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public ProgressiveLayeredExtractionTrainer ProgressiveLayeredExtraction(ProgressiveLayeredExtractionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ProgressiveLayeredExtractionTrainer(_mlContext, options);
    }
}
