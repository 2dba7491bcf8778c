using System.Globalization;

namespace MlNetMultiTask;

/// <summary>What a model, or several together, cost to train and to keep.</summary>
public sealed class TrainingCost
{
    internal TrainingCost()
    {
    }

    /// <summary>The seconds of a training, without the preprocessing: the median over repeats and folds.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>The seconds in which the rows of a fold are scored and measured: the median over repeats and folds.</summary>
    public required double ScoringSeconds { get; init; }

    /// <summary>The numbers that training sets.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>The bytes that <c>mlContext.Model.Save</c> writes, without the preprocessing; of several models, one file each. Null where a model can't be saved.</summary>
    public required long? FileSize { get; init; }

    /// <summary>Returns the figures on one line.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{TrainingSeconds:0.00} s of training, {ScoringSeconds:0.000} s of scoring, {ParameterCount:N0} parameters, {(FileSize is { } size ? size.ToString("N0", CultureInfo.InvariantCulture) : "?")} bytes");
}
