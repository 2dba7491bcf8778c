using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;

namespace MlNetMultiTask.Evaluation;

/// <summary>Measures what a model costs.</summary>
internal static class ModelCostMeter
{
    private const int MinimumPasses = 3;
    private const int MaximumPasses = 20;
    private static readonly TimeSpan _enough = TimeSpan.FromSeconds(0.5);

    /// <param name="mlContext">The context that saves.</param>
    /// <param name="transformer">The model.</param>
    /// <param name="model">The model of this library inside of it; null where there is none.</param>
    /// <param name="data">The rows to score.</param>
    /// <param name="columns">The columns of scores.</param>
    public static ModelCost Measure(MLContext mlContext, ITransformer transformer, MultiTaskTransformer? model, IDataView data, IEnumerable<string> columns)
    {
        (long? size, string? problem) = GetFileSize(mlContext, transformer);
        return new ModelCost
        {
            ParameterCount = model is null ? null : Count(model.Model),
            FileSize = size,
            NotSaved = problem,
            RowsPerSecond = GetRate(transformer.Transform(data), columns),
        };
    }

    /// <summary>The numbers that training has set.</summary>
    public static long Count(Model model) =>
        model is NetworkModel network ? network.ExportWeights().Sum(tensor => (long)tensor.Values.Length) : model.Members.Sum(Count);

    /// <summary>The bytes that saving writes; else why there is no telling.</summary>
    public static (long? Size, string? Problem) GetFileSize(MLContext mlContext, ITransformer transformer)
    {
        using var stream = new MemoryStream();
        try
        {
            mlContext.Model.Save(transformer, null, stream);
            return (stream.Length, null);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            return (null, e.Message);
        }
    }

    private static double GetRate(IDataView scored, IEnumerable<string> columns)
    {
        DataViewSchema.Column[] active = [.. columns.Select(name => scored.Schema[name])];
        double best = 0;
        long started = Stopwatch.GetTimestamp();
        for (int pass = 0; pass < MinimumPasses || (pass < MaximumPasses && Stopwatch.GetElapsedTime(started) < _enough); pass++)
        {
            long begun = Stopwatch.GetTimestamp();
            long rows = Read(scored, active);
            best = Math.Max(best, rows / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return best;
    }

    private static long Read(IDataView scored, DataViewSchema.Column[] columns)
    {
        using DataViewRowCursor cursor = scored.GetRowCursor(columns);
        Action[] read = [.. columns.Select(column => CreateReader(cursor, column))];
        long rows = 0;
        while (cursor.MoveNext())
        {
            Array.ForEach(read, own => own());
            rows++;
        }

        return rows;
    }

    private static Action CreateReader(DataViewRow cursor, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<float>> getVector = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> vector = default;
            return () => getVector(ref vector);
        }

        ValueGetter<float> getNumber = cursor.GetGetter<float>(column);
        float number = 0;
        return () => getNumber(ref number);
    }
}
