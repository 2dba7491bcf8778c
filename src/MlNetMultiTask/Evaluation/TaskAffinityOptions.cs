using System.Globalization;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="MultiTaskCatalog.MeasureAffinity"/>.</summary>
public sealed class TaskAffinityOptions
{
    /// <summary>
    /// Every how many steps of an epoch, from its first on, gradients are compared and training looks ahead; 1 or more. Such a step costs two backward passes and a forward pass more per task.
    /// </summary>
    /// <value>The default is null: as the trainer's options say; where they say nothing, about ten steps of an epoch are sampled.</value>
    public int? SamplingInterval { get; init; }

    /// <summary>How many times all is trained, each time with another seed; the first is the trainer's own. 1 or more.</summary>
    /// <value>The default is 1.</value>
    public int NumberOfSeeds { get; init; } = 1;

    /// <summary>Whether a network of the same layers is trained for each task alone, to tell by <see cref="TaskAffinity.GetSimilarity"/> what the tasks' networks have in common.</summary>
    /// <value>The default is true.</value>
    public bool ComparesTwins { get; init; } = true;

    /// <summary>On how many rows at most the twins are compared; 2 or more. They are drawn from the data by the trainer's seed.</summary>
    /// <value>The default is 2,000.</value>
    public int MaximumNumberOfRows { get; init; } = 2_000;

    /// <summary>Is told of each training when it has ended. The trainer's own listener is told of the epochs of the trainings of all tasks together.</summary>
    /// <value>The default is null.</value>
    public IProgress<TaskAffinityProgress>? Progress { get; init; }

    /// <summary>Ends it with an <see cref="OperationCanceledException"/>, inside a training too.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        Require(SamplingInterval is null or > 0, nameof(SamplingInterval), string.Create(CultureInfo.InvariantCulture, $"is {SamplingInterval}; it must be 1 or more, or null"));
        Require(NumberOfSeeds >= 1, nameof(NumberOfSeeds), string.Create(CultureInfo.InvariantCulture, $"is {NumberOfSeeds}; it must be 1 or more"));
        Require(MaximumNumberOfRows >= 2, nameof(MaximumNumberOfRows), string.Create(CultureInfo.InvariantCulture, $"is {MaximumNumberOfRows}; it must be 2 or more"));
    }
}
