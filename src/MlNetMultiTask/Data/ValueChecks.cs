using System.Globalization;

namespace MlNetMultiTask.Data;

/// <summary>Counts the invalid values of a column while rows pass by, to report them all in one message.</summary>
internal sealed class ValueChecks(string column, string validValues, string remedy)
{
    private long _count;
    private long _firstRow;
    private float _firstValue;

    public void Check(bool valid, float value, long row)
    {
        if (!valid)
        {
            if (_count == 0)
            {
                (_firstRow, _firstValue) = (row, value);
            }

            _count++;
        }
    }

    public void ThrowIfAny()
    {
        if (_count > 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{column} has invalid values in {_count} {(_count == 1 ? "place" : "places")}, first {_firstValue} in row {_firstRow} (counted from 0); it may hold {validValues}. {remedy}"));
        }
    }
}
