using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>A model that is made of several models over the same features.</summary>
internal abstract class CompositeModel : Model
{
    private readonly SharedLifetime _lifetime;

    /// <param name="members">The members; owned from now on.</param>
    /// <param name="tasks">The tasks of the whole.</param>
    /// <param name="labels">Per task, what training learned of its label.</param>
    protected CompositeModel(IReadOnlyList<Model> members, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels)
        : base(tasks, labels)
    {
        Members = members;
        _lifetime = new SharedLifetime("MultiTaskTransformer", () =>
        {
            foreach (Model member in members)
            {
                member.Dispose();
            }
        });
    }

    public override IReadOnlyList<Model> Members { get; }

    public override string FeatureColumnName => Members[0].FeatureColumnName;

    public override int FeatureCount => Members[0].FeatureCount;

    /// <summary>Members are asked one after the other.</summary>
    public override long WorkBytesPerRow => Members.Max(member => member.WorkBytesPerRow);

    public override void ThrowIfDisposed() => _lifetime.ThrowIfEnded();

    public override IReadOnlyList<NetworkLayer> DescribeLayers()
    {
        using SharedLifetime.Reference reference = Acquire();
        return
        [
            .. Members.SelectMany((member, i) => member.DescribeLayers().Select(layer => layer with { Name = FormattableString.Invariant($"member{i}/{layer.Name}"), Task = GetPlace(i, layer.Task) })),
        ];
    }

    public override void Save(ModelEntries entries, string prefix)
    {
        ThrowIfDisposed();
        entries.Add(prefix + ModelManifest.EntryName, WriteManifest());
        if (History is { } history)
        {
            entries.Add(prefix + ModelManifest.HistoryEntryName, HistoryJson.Write(history));
        }

        for (int member = 0; member < Members.Count; member++)
        {
            Members[member].Save(entries, CompositeManifest.GetMemberPrefix(prefix, member));
        }
    }

    public override void Dispose() => _lifetime.End();

    /// <summary>Keeps the members while they are used.</summary>
    protected SharedLifetime.Reference Acquire() => _lifetime.Acquire();

    /// <summary>The task of the whole that a member's layer serves; null where several share it.</summary>
    protected virtual int? GetPlace(int member, int? task) => task;

    protected abstract byte[] WriteManifest();
}
