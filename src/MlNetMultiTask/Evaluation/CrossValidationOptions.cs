using System.Globalization;

namespace MlNetMultiTask;

/// <summary>How a pipeline is cross-validated.</summary>
public sealed class CrossValidationOptions
{
    /// <summary>The number of folds; 2 or more. Each is measured once, by a model that has learned from the others.</summary>
    /// <value>The default is 5.</value>
    public int NumberOfFolds { get; init; } = 5;

    /// <summary>The column of which rows of the same value stay in the same fold (those of one patient, say): text, a key, a number or whatever ML.NET has as a single value.</summary>
    /// <value>The default is null: rows are drawn one by one.</value>
    public string? SamplingKeyColumnName { get; init; }

    /// <summary>
    /// The name of the task of whose label each fold gets its share: of classes and yes and no each value; of numbers each tenth of the rows in their order. Rows without a label are a share of their own. The label column must be in the
    /// data that are given, before the pipeline; texts and numbers that the pipeline makes keys of are fine.
    /// </summary>
    /// <value>The default is null: folds are drawn without regard to labels.</value>
    public string? StratificationTask { get; init; }

    /// <summary>The seed of the folds.</summary>
    /// <value>The default is null: drawn from the MLContext.</value>
    public int? Seed { get; init; }

    /// <summary>Whether the folds' models stay, for <see cref="CrossValidationFold.Model"/> and <see cref="CrossValidationFold.ScoredData"/>; otherwise each is disposed as soon as it is measured.</summary>
    /// <value>The default is true.</value>
    public bool KeepsModels { get; init; } = true;

    /// <summary>Is told of each fold when it has been measured.</summary>
    /// <value>The default is null.</value>
    public IProgress<CrossValidationFold>? Progress { get; init; }

    /// <summary>Ends cross-validation between folds with an <see cref="OperationCanceledException"/>. A trainer's own token ends it inside a fold.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate(IReadOnlyList<PredictionTask> tasks)
    {
        Require(NumberOfFolds >= 2, nameof(NumberOfFolds), string.Create(CultureInfo.InvariantCulture, $"is {NumberOfFolds}; it must be 2 or more"));
        Require(SamplingKeyColumnName is null || !string.IsNullOrWhiteSpace(SamplingKeyColumnName), nameof(SamplingKeyColumnName), "is empty; name a column, or leave it null");
        Require(
            StratificationTask is null || tasks.Any(task => task.Name == StratificationTask),
            nameof(StratificationTask),
            $"is '{StratificationTask}', which is none of the tasks: '{string.Join("', '", tasks.Select(task => task.Name))}'");
    }

    private static void Require(bool valid, string option, string problem)
    {
        if (!valid)
        {
            throw new ArgumentException($"Option {option} {problem}.", option);
        }
    }
}
