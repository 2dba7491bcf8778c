using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// The columns of which the keys of labels were made, by the labels' names. ML.NET gives key 0 to a value that the mapping has not learned as well as to a missing one; the source tells them apart. Where it has the same name
/// (<c>MapValueToKey("Species")</c>), it is hidden behind the keys; where it has another (<c>MapValueToKey("SpeciesKey", "Species")</c>), no schema tells which it is, and the rows have to.
/// </summary>
internal sealed class LabelSources
{
    /// <summary>Most columns are no source, and so many rows tell; only the others are read to the end.</summary>
    private const int ScreenedRows = 100;

    /// <summary>Per label its source; null where no column is.</summary>
    private readonly Dictionary<string, (string Name, DataViewType Type)?> _sources;

    private LabelSources(Dictionary<string, (string Name, DataViewType Type)?> sources) => _sources = sources;

    /// <summary>Looks for the sources in rows: training rows, best, since all of their labels are known.</summary>
    public static LabelSources Find(IDataView data, IReadOnlyList<PredictionTask> tasks, CancellationToken cancellationToken = default)
    {
        DataViewSchema.Column[] labels = [.. tasks.Select(task => data.Schema.GetColumnOrNull(task.LabelColumnName)).OfType<DataViewSchema.Column>().DistinctBy(label => label.Index)];
        KeySource[] screened = Check(data, [.. labels.SelectMany(label => KeySource.GetCandidates(data.Schema, label))], ScreenedRows, cancellationToken);

        // A hidden column of the same name needs no more proof.
        KeySource[] inPlace = [.. screened.Where(candidate => UnmappedLabel.FindHidden(data.Schema, candidate.Label)?.Index == candidate.Source.Index)];
        KeySource[] others = [.. screened.Where(candidate => !Array.Exists(inPlace, own => own.Label.Index == candidate.Label.Index))];
        KeySource[] open = [.. inPlace, .. Check(data, others, long.MaxValue, cancellationToken)];
        return new LabelSources(labels.ToDictionary(label => label.Name, label => Choose(data.Schema, label, [.. open.Where(candidate => candidate.Label.Index == label.Index)])));
    }

    /// <summary>The source of a label's keys; null where there is none, or it is not known.</summary>
    public DataViewSchema.Column? Find(DataViewSchema schema, DataViewSchema.Column label)
    {
        if (!_sources.TryGetValue(label.Name, out (string Name, DataViewType Type)? source))
        {
            return UnmappedLabel.FindHidden(schema, label);
        }

        // What others append may hide it.
        return source is { } known ? schema.Where(column => column.Name == known.Name && column.Type.Equals(known.Type)).Select(column => (DataViewSchema.Column?)column).LastOrDefault() : null;
    }

    /// <summary>The candidates against which none of the first rows speaks.</summary>
    private static KeySource[] Check(IDataView data, KeySource[] candidates, long rows, CancellationToken cancellationToken)
    {
        if (candidates.Length == 0)
        {
            return [];
        }

        KeySource[] own = [.. candidates.Select(candidate => candidate.Restart())];
        using DataViewRowCursor cursor = data.GetRowCursor(own.SelectMany(candidate => new[] { candidate.Label, candidate.Source }).DistinctBy(column => column.Index));
        Array.ForEach(own, candidate => candidate.Open(cursor));
        for (long row = 0; row < rows && Array.Exists(own, candidate => candidate.IsOpen) && cursor.MoveNext(); row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.ForEach(own, candidate => candidate.Check());
        }

        return [.. own.Where(candidate => candidate.IsOpen)];
    }

    /// <summary>The hidden column of the same name, unless a row, or its type, speaks against it; else the one column for which rows speak, or of several one, if they tell the same.</summary>
    private static (string Name, DataViewType Type)? Choose(DataViewSchema schema, DataViewSchema.Column label, KeySource[] open)
    {
        bool isChecked = label.Type is KeyDataViewType && label.Annotations.Schema.GetColumnOrNull(OutputAnnotations.KeyValues) is not null;
        if (UnmappedLabel.FindHidden(schema, label) is { } hidden && (!isChecked || Array.Exists(open, candidate => candidate.Source.Index == hidden.Index)))
        {
            return (hidden.Name, hidden.Type);
        }

        KeySource[] found = [.. open.Where(candidate => candidate.IsFound)];
        return found.Length > 0 && Array.TrueForAll(found, candidate => candidate.UnknownCount == found[0].UnknownCount) ? (found[0].Source.Name, found[0].Source.Type) : null;
    }
}
