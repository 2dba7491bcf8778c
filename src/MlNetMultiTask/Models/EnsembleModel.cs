using System.Buffers;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>A model of several models over the same features, whose predictions are combined task by task.</summary>
internal sealed class EnsembleModel : Model
{
    public const string KindName = "Ensemble";

    private readonly SharedLifetime _lifetime;
    private readonly float[][][] _thresholds;

    /// <param name="members">The members; owned from now on. They have the same tasks and outputs.</param>
    /// <param name="combiners">Per task, how predictions become one.</param>
    public EnsembleModel(IReadOnlyList<Model> members, IReadOnlyList<EnsembleCombiner> combiners)
        : base(members[0].Tasks, CombineLabels(members, combiners))
    {
        Members = members;
        Combiners = combiners;
        _thresholds = [.. Tasks.Select((task, i) => task.DecisionThreshold is { } threshold ? members.Select(member => member.Labels[i].GetThresholds(threshold)).ToArray() : [])];
        _lifetime = new SharedLifetime("MultiTaskTransformer", () =>
        {
            foreach (Model member in members)
            {
                member.Dispose();
            }
        });
    }

    public override IReadOnlyList<Model> Members { get; }

    /// <summary>Per task, how predictions become one.</summary>
    public IReadOnlyList<EnsembleCombiner> Combiners { get; }

    public override string FeatureColumnName => Members[0].FeatureColumnName;

    public override int FeatureCount => Members[0].FeatureCount;

    /// <summary>Members are asked one after the other.</summary>
    public override long WorkBytesPerRow => Members.Max(member => member.WorkBytesPerRow);

    /// <summary>The members' scores are held beside the combined ones.</summary>
    public override long ScoresPerRow => base.ScoresPerRow + Members.Sum(member => member.ScoresPerRow);

    public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores)
    {
        using SharedLifetime.Reference reference = _lifetime.Acquire();
        int[] lengths = [.. Labels.Select((label, i) => active[i] ? rowCount * label.OutputCount : 0)];
        float[]?[][] all = [.. Members.Select(_ => lengths.Select((length, i) => active[i] ? ArrayPool<float>.Shared.Rent(length) : null).ToArray())];
        for (int member = 0; member < all.Length; member++)
        {
            Members[member].Score(features, rowCount, active, all[member]);
        }

        for (int task = 0; task < lengths.Length; task++)
        {
            if (active[task])
            {
                var members = new MemberScores(Tasks[task], Labels[task].OutputCount, [.. all.Select(member => member[task]!)], _thresholds[task]);
                Combiners[task].Combine(members, scores[task].AsSpan(0, lengths[task]));
            }
        }

        // After an exception the pool makes do without these.
        foreach (float[] buffer in all.SelectMany(member => member).OfType<float[]>())
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    public override void ThrowIfDisposed() => _lifetime.ThrowIfEnded();

    public override IReadOnlyList<NetworkLayer> DescribeLayers()
    {
        using SharedLifetime.Reference reference = _lifetime.Acquire();
        return [.. Members.SelectMany((member, i) => member.DescribeLayers().Select(layer => layer with { Name = FormattableString.Invariant($"member{i}/{layer.Name}") }))];
    }

    public override void Save(ModelEntries entries, string prefix)
    {
        ThrowIfDisposed();
        entries.Add(prefix + ModelManifest.EntryName, EnsembleManifest.Write(this));
        if (History is { } history)
        {
            entries.Add(prefix + ModelManifest.HistoryEntryName, HistoryJson.Write(history));
        }

        for (int member = 0; member < Members.Count; member++)
        {
            Members[member].Save(entries, EnsembleManifest.GetMemberPrefix(prefix, member));
        }
    }

    public override void Dispose() => _lifetime.End();

    /// <summary>What an ensemble of these members knows of the labels: what they all know, and its own thresholds.</summary>
    private static LabelInfo[] CombineLabels(IReadOnlyList<Model> members, IReadOnlyList<EnsembleCombiner> combiners) =>
    [
        .. members[0].Labels.Select((label, i) => label with
        {
            Thresholds = combiners[i].GetThresholds([.. members.Select(member => member.Labels[i].Thresholds)], members[0].Tasks[i], label.OutputCount),
        }),
    ];
}
