using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Models;

/// <summary>Counts on given rows how the gates of a network use its experts.</summary>
internal static class ExpertMeasurement
{
    private const int MaximumBatchSize = 512;

    /// <summary>Reads all rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The rows.</param>
    /// <param name="sums">What receives the counts.</param>
    public static void Run(NetworkModel model, IDataView data, GateSums sums)
    {
        // Binding tells what is wrong with the column.
        DataViewSchema.Column column = model.Bind(data.Schema).InputColumns[0];
        int batchSize = RowMemory.GetRows(model.WorkBytesPerRow, MaximumBatchSize);
        float[] features = new float[checked(batchSize * model.FeatureCount)];
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> buffer = default;
        int count = 0;
        while (cursor.MoveNext())
        {
            getter(ref buffer);
            buffer.CopyTo(features.AsSpan(count * model.FeatureCount, model.FeatureCount));
            if (++count == batchSize)
            {
                model.CountGates(features, count, sums);
                count = 0;
            }
        }

        if (count > 0)
        {
            model.CountGates(features, count, sums);
        }
    }
}
