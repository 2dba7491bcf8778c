using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>What the division of rows into folds depends on, read once.</summary>
internal sealed class RowFolds
{
    private readonly int[]? _groups;
    private readonly int[]? _strata;

    private RowFolds(int rowCount, int[]? groups, int[]? strata)
    {
        RowCount = rowCount;
        _groups = groups;
        _strata = strata;
    }

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Reads the columns that decide.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="numberOfFolds">How many folds there will be.</param>
    /// <param name="samplingKeyColumnName">The column of which rows of the same value stay together; null for none.</param>
    /// <param name="stratification">The task of whose label each fold gets its share; null for none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">A column is missing or unsuitable, or there are too few rows.</exception>
    public static RowFolds Read(IDataView data, int numberOfFolds, string? samplingKeyColumnName, PredictionTask? stratification, CancellationToken cancellationToken)
    {
        DataViewSchema.Column? key = samplingKeyColumnName is null ? null : DataColumns.RequireTags(data.Schema, samplingKeyColumnName);
        DataViewSchema.Column? label = stratification is null ? null : FoldStrata.Require(data.Schema, stratification);
        var groups = new List<int>();
        int count = 0;
        var strata = label is null ? null : new FoldStrata();
        using (DataViewRowCursor cursor = data.GetRowCursor(new[] { key, label }.OfType<DataViewSchema.Column>()))
        {
            Func<int>? getGroup = key is { } keys ? RowTags.CreateGetter(cursor, keys) : null;
            Action? addStratum = label is { } labels ? strata!.CreateAdder(cursor, labels) : null;
            for (; cursor.MoveNext(); count++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (getGroup is not null)
                {
                    groups.Add(getGroup());
                }

                addStratum?.Invoke();
            }
        }

        int[]? tags = key is null ? null : [.. groups];
        int units = tags?.Distinct().Count() ?? count;
        return units >= numberOfFolds
            ? new RowFolds(count, tags, strata?.ToArray())
            : throw new ArgumentException(
                FormattableString.Invariant($"Option NumberOfFolds is {numberOfFolds}, and there are {units} {(key is null ? "rows" : $"values of '{samplingKeyColumnName}'")}; each fold needs one at least."),
                nameof(numberOfFolds));
    }

    /// <summary>Divides the rows: per row its fold, from 0.</summary>
    public int[] Assign(int numberOfFolds, CounterRandom random) => FoldAssignment.Assign(RowCount, numberOfFolds, _groups, _strata, random.NextPermutation);

    /// <summary>The rows of a fold, or all others.</summary>
    public static SelectedRows Select(IDataView data, int[] assigned, int fold, bool isFold) => new(data, row => row < assigned.Length && assigned[row] == fold == isFold);
}
