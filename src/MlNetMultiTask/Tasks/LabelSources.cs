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
        var sources = new Dictionary<string, (string Name, DataViewType Type)?>(StringComparer.Ordinal);
        var candidates = new List<KeySource>();
        foreach (DataViewSchema.Column label in tasks.Select(task => data.Schema.GetColumnOrNull(task.LabelColumnName)).OfType<DataViewSchema.Column>().DistinctBy(label => label.Index))
        {
            // A column that the keys hide needs no proof by rows.
            DataViewSchema.Column? hidden = UnmappedLabel.FindHidden(data.Schema, label);
            bool isSource = hidden is { } column && HasValuesOf(label, column.Type);
            sources.Add(label.Name, isSource ? (hidden!.Value.Name, hidden.Value.Type) : null);
            candidates.AddRange(isSource ? [] : KeySource.GetCandidates(data.Schema, label));
        }

        KeySource[] open = Check(data, Check(data, [.. candidates], ScreenedRows, cancellationToken), long.MaxValue, cancellationToken);
        foreach (IGrouping<string, KeySource> label in open.Where(candidate => candidate.IsFound).GroupBy(candidate => candidate.Label.Name, StringComparer.Ordinal))
        {
            // Of several columns one is taken if they tell the same.
            KeySource first = label.First();
            sources[label.Key] = label.All(candidate => candidate.UnknownCount == first.UnknownCount) ? (first.Source.Name, first.Source.Type) : null;
        }

        return new LabelSources(sources);
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

    /// <summary>Whether the keys' values, where they have any, are of a type.</summary>
    private static bool HasValuesOf(DataViewSchema.Column label, DataViewType type) =>
        label.Type is not KeyDataViewType || label.Annotations.Schema.GetColumnOrNull(OutputAnnotations.KeyValues)?.Type is not VectorDataViewType values || values.ItemType.Equals(type);
}
