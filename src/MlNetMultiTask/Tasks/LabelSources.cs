using Microsoft.ML;

namespace MlNetMultiTask.Tasks;

/// <summary>
/// The columns of which the keys of labels were made, by the labels' names. ML.NET gives key 0 to a value that the mapping has not learned as well as to a missing one; the source tells them apart. Where it has the same name
/// (<c>MapValueToKey("Species")</c>), it is hidden behind the keys; where it has another (<c>MapValueToKey("SpeciesKey", "Species")</c>), no schema tells which it is, and the rows have to.
/// </summary>
internal sealed class LabelSources
{
    private readonly Dictionary<string, string> _sources;

    private LabelSources(Dictionary<string, string> sources) => _sources = sources;

    /// <summary>Looks for the sources in rows: training rows, best, since all of their labels are known.</summary>
    public static LabelSources Find(IDataView data, IReadOnlyList<PredictionTask> tasks)
    {
        KeySource[] candidates =
        [
            .. tasks.Select(task => data.Schema.GetColumnOrNull(task.LabelColumnName)).OfType<DataViewSchema.Column>().DistinctBy(label => label.Index)
                .Where(label => UnmappedLabel.FindHidden(data.Schema, label) is null)
                .SelectMany(label => KeySource.GetCandidates(data.Schema, label)),
        ];
        if (candidates.Length > 0)
        {
            using DataViewRowCursor cursor = data.GetRowCursor(candidates.SelectMany(candidate => new[] { candidate.Label, candidate.Source }).DistinctBy(column => column.Index));
            Array.ForEach(candidates, candidate => candidate.Open(cursor));
            while (Array.Exists(candidates, candidate => candidate.IsOpen) && cursor.MoveNext())
            {
                Array.ForEach(candidates, candidate => candidate.Check());
            }
        }

        return new LabelSources(candidates.Where(candidate => candidate.IsFound).DistinctBy(candidate => candidate.Label.Index).ToDictionary(candidate => candidate.Label.Name, candidate => candidate.Source.Name));
    }

    /// <summary>The source of a label's keys; null where there is none, or it is not known.</summary>
    public DataViewSchema.Column? Find(DataViewSchema schema, DataViewSchema.Column label) =>
        UnmappedLabel.FindHidden(schema, label) ?? (_sources.TryGetValue(label.Name, out string? source) ? schema.GetColumnOrNull(source) : null);
}
