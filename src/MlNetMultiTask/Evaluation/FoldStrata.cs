using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;

namespace MlNetMultiTask.Evaluation;

/// <summary>Numbers the rows by the label of which folds get their shares: values of classes, tenths of numbers, and rows without a label.</summary>
internal sealed class FoldStrata
{
    private const int NumberOfBins = 10;

    private readonly List<int> _values = [];
    private readonly List<float> _numbers = [];

    /// <summary>The label column of a task in data that the pipeline has not seen yet.</summary>
    /// <exception cref="ArgumentException">It is not there, or is a vector.</exception>
    public static DataViewSchema.Column Require(DataViewSchema schema, PredictionTask task)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(task.LabelColumnName)
            ?? throw new ArgumentException($"Option StratificationTask: there is no column '{task.LabelColumnName}' in the data, of which folds could get their shares; the pipeline makes it. Make it before, or stratify by another task.");
        return column.Type is VectorDataViewType
            ? throw new ArgumentException($"Option StratificationTask: column '{column.Name}' is a vector; folds can have their shares of single values only. Stratify by another task.")
            : column;
    }

    /// <summary>What adds the current row of a cursor.</summary>
    public Action CreateAdder(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type == NumberDataViewType.Single)
        {
            ValueGetter<float> getNumber = row.GetGetter<float>(column);
            return () =>
            {
                float number = 0;
                getNumber(ref number);
                _numbers.Add(number);
            };
        }

        Func<int> getValue = RowTags.CreateGetter(row, column);
        return () => _values.Add(getValue());
    }

    /// <summary>Per row the number of its stratum.</summary>
    public int[] ToArray() => _numbers.Count == 0 ? [.. _values] : OfNumbers(_numbers);

    /// <summary>The strata of numbers; those of NaN, which are no labels, come last.</summary>
    public static int[] OfNumbers(IReadOnlyList<float> numbers)
    {
        // Few values are classes: yes and no as numbers, or counts.
        float[] distinct = [.. numbers.Distinct().Where(number => !float.IsNaN(number)).Order()];
        if (distinct.Length <= NumberOfBins)
        {
            return [.. numbers.Select(number => float.IsNaN(number) ? distinct.Length : Array.BinarySearch(distinct, number))];
        }

        float[] sorted = [.. numbers.Where(number => !float.IsNaN(number)).Order()];
        float[] bounds = [.. Enumerable.Range(1, NumberOfBins - 1).Select(bin => sorted[bin * sorted.Length / NumberOfBins])];
        return [.. numbers.Select(number => float.IsNaN(number) ? NumberOfBins : bounds.Count(bound => number >= bound))];
    }
}
