using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;

namespace MlNetMultiTask.Collaboration;

/// <summary>
/// Fingerprints of rows by their features. Teacher and student read the data one after the other, and rows are matched by their numbers: data that come in another order each time would
/// teach each row what belongs to another, and nothing else would tell.
/// </summary>
internal static class RowFingerprint
{
    /// <summary>Returns a reader of the current row's fingerprint.</summary>
    /// <param name="cursor">A cursor over the teacher's view.</param>
    /// <param name="features">The column of features there.</param>
    public static Func<ulong> CreateGetter(DataViewRow cursor, DataViewSchema.Column features)
    {
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(features);
        VBuffer<float> buffer = default;
        float[] dense = [];
        return () =>
        {
            getter(ref buffer);
            if (dense.Length != buffer.Length)
            {
                dense = new float[buffer.Length];
            }

            buffer.CopyTo(dense);
            return Of(dense);
        };
    }

    /// <summary>The data with the features once more, in a column that no teacher knows: one that puts others in the place of the features (scaled ones, say) leaves it alone.</summary>
    /// <param name="data">The data.</param>
    /// <param name="featureColumnName">The column of features.</param>
    /// <returns>The data with the column, and its name.</returns>
    public static (IDataView Data, string Column) Mark(IDataView data, string featureColumnName)
    {
        string name = featureColumnName + ".AsGiven";
        while (data.Schema.GetColumnOrNull(name) is not null)
        {
            name += "_";
        }

        return (new MLContext().Transforms.CopyColumns(name, featureColumnName).Fit(data).Transform(data), name);
    }

    /// <summary>The first row whose fingerprint is another one; null where there is none.</summary>
    public static long? FindDifference(TabularData rows, ulong[] fingerprints)
    {
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (Of(rows.Features.AsSpan(row * rows.FeatureCount, rows.FeatureCount)) != fingerprints[rows.GetSourceRow(row)])
            {
                return rows.GetSourceRow(row);
            }
        }

        return null;
    }

    private static ulong Of(ReadOnlySpan<float> features) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(features));
}
