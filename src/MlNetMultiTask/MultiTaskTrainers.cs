using Microsoft.ML;

namespace MlNetMultiTask;

/// <summary>The trainers of multi-task models.</summary>
public sealed class MultiTaskTrainers
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
}
