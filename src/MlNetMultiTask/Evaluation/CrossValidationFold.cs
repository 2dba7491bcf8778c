using Microsoft.ML;

namespace MlNetMultiTask;

/// <summary>One fold of a cross-validation.</summary>
public sealed class CrossValidationFold
{
    internal CrossValidationFold()
    {
    }

    /// <summary>The fold, counted from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The number of folds.</summary>
    public required int NumberOfFolds { get; init; }

    /// <summary>The number of rows that the model learned from.</summary>
    public required long TrainingRowCount { get; init; }

    /// <summary>The number of rows that it was measured on.</summary>
    public required long TestRowCount { get; init; }

    /// <summary>
    /// How well the model predicts the fold. A row whose class the model has never met, since no row of the other folds has it, counts as wrong, and is counted in <see cref="TaskMetrics.UnseenLabelCount"/>.
    /// </summary>
    public required MultiTaskMetrics Metrics { get; init; }

    /// <summary>The fitted pipeline; null where models are not kept. It is owned by the <see cref="CrossValidationResult"/>.</summary>
    public required ITransformer? Model { get; init; }

    /// <summary>The fold's rows with the model's predictions, computed as they are read; null where models are not kept.</summary>
    public required IDataView? ScoredData { get; init; }

    /// <summary>How the multi-task model was trained; null where the pipeline holds none, or it has no history.</summary>
    public required TrainingHistory? History { get; init; }

    /// <summary>How long training and measuring took.</summary>
    public required TimeSpan Duration { get; init; }
}
