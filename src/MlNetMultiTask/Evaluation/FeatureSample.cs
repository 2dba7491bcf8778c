using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Data;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>The features of some rows of data.</summary>
/// <param name="Values">The features, row by row.</param>
/// <param name="FeatureCount">The features of a row.</param>
internal sealed record FeatureSample(float[] Values, int FeatureCount)
{
    public int RowCount => Values.Length / FeatureCount;

    /// <summary>Reads the data once, and keeps rows of which each is as likely (Vitter's reservoir). Rows with a feature that is no finite number are passed over.</summary>
    /// <param name="data">The data.</param>
    /// <param name="featureColumnName">The column of features.</param>
    /// <param name="maximum">The most rows.</param>
    /// <param name="random">What draws.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static FeatureSample Draw(IDataView data, string featureColumnName, int maximum, CounterRandom random, CancellationToken cancellationToken)
    {
        DataViewSchema.Column column = DataColumns.RequireFeatures(data.Schema, featureColumnName);
        var kept = new List<float[]>();
        long seen = 0;
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> buffer = default;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            getter(ref buffer);
            if (buffer.GetValues().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                continue;
            }

            seen++;
            if (kept.Count < maximum)
            {
                kept.Add(buffer.DenseValues().ToArray());
                continue;
            }

            ulong place = random.NextUInt64() % (ulong)seen;
            if (place < (ulong)maximum)
            {
                buffer.CopyTo(kept[(int)place].AsSpan());
            }
        }

        return new FeatureSample([.. kept.SelectMany(row => row)], ((VectorDataViewType)column.Type).Size);
    }
}
