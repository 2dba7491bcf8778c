using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Reads columns of a view from the first row to the last, as a consumer does.</summary>
internal static class Columns
{
    public static void Read(IDataView view, string[] names)
    {
        using DataViewRowCursor cursor = view.GetRowCursor(names.Select(name => view.Schema[name]));
        var vectors = names.Where(name => view.Schema[name].Type is VectorDataViewType).Select(name => cursor.GetGetter<VBuffer<float>>(view.Schema[name])).ToArray();
        var keys = names.Where(name => view.Schema[name].Type is KeyDataViewType).Select(name => cursor.GetGetter<uint>(view.Schema[name])).ToArray();
        VBuffer<float> vector = default;
        uint key = 0;
        while (cursor.MoveNext())
        {
            foreach (ValueGetter<VBuffer<float>> getter in vectors)
            {
                getter(ref vector);
            }

            foreach (ValueGetter<uint> getter in keys)
            {
                getter(ref key);
            }
        }
    }
}
