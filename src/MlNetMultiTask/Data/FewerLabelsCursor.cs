using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Data;

/// <summary>Passes over rows of which some have lost a label.</summary>
internal sealed class FewerLabelsCursor(DataViewRowCursor source, DataViewSchema inner, DataViewSchema outer, DataViewSchema.Column label, Func<long, bool> isKept) : DataViewRowCursor
{
    private bool _isKept;
    private long _place = -1;

    public override DataViewSchema Schema => outer;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(inner[column.Index]);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        DataViewSchema.Column own = inner[column.Index];
        return own.Index != label.Index ? source.GetGetter<TValue>(own)
            : CreateLabelGetter() as ValueGetter<TValue> ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type}; it can't be read as {typeof(TValue)}.");
    }

    public override bool MoveNext()
    {
        bool moved = source.MoveNext();
        _isKept = moved && isKept(++_place);
        return moved;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private Delegate CreateLabelGetter() => label.Type switch
    {
        BooleanDataViewType => Single<bool, float>(flag => flag ? 1 : 0, float.NaN),
        VectorDataViewType { ItemType: BooleanDataViewType } => Vector<bool>(flag => flag ? 1 : 0),
        VectorDataViewType => Vector<float>(number => number),
        KeyDataViewType { RawType: var raw } when raw == typeof(byte) => Single<byte, byte>(key => key, (byte)0),
        KeyDataViewType { RawType: var raw } when raw == typeof(ushort) => Single<ushort, ushort>(key => key, (ushort)0),
        KeyDataViewType { RawType: var raw } when raw == typeof(ulong) => Single<ulong, ulong>(key => key, 0UL),
        KeyDataViewType => Single<uint, uint>(key => key, 0U),
        _ => Single<float, float>(number => number, float.NaN),
    };

    private ValueGetter<TOut> Single<TIn, TOut>(Func<TIn, TOut> convert, TOut missing)
    {
        ValueGetter<TIn> getter = source.GetGetter<TIn>(label);
        TIn value = default!;
        return (ref TOut result) =>
        {
            getter(ref value);
            result = _isKept ? convert(value) : missing;
        };
    }

    private ValueGetter<VBuffer<float>> Vector<TIn>(Func<TIn, float> convert)
    {
        ValueGetter<VBuffer<TIn>> getter = source.GetGetter<VBuffer<TIn>>(label);
        VBuffer<TIn> value = default;
        return (ref VBuffer<float> result) =>
        {
            getter(ref value);
            VBufferEditor<float> editor = VBufferEditor.Create(ref result, value.Length);
            for (int slot = 0; slot < value.Length; slot++)
            {
                editor.Values[slot] = _isKept ? convert(value.GetItemOrDefault(slot)) : float.NaN;
            }

            result = editor.Commit();
        };
    }
}
