using System.Buffers;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>A model of several models over the same features, whose predictions are combined task by task.</summary>
internal sealed class EnsembleModel : CompositeModel
{
    public const string KindName = "Ensemble";

    private readonly float[][][] _thresholds;

    /// <param name="members">The members; owned from now on. They have the same tasks and outputs.</param>
    /// <param name="combiners">Per task, how predictions become one.</param>
    public EnsembleModel(IReadOnlyList<Model> members, IReadOnlyList<EnsembleCombiner> combiners)
        : base(members, members[0].Tasks, CombineLabels(members, combiners))
    {
        Combiners = combiners;
        _thresholds = [.. Tasks.Select((task, i) => task.DecisionThreshold is { } threshold ? members.Select(member => member.Labels[i].GetThresholds(threshold)).ToArray() : [])];
    }

    /// <summary>Per task, how predictions become one.</summary>
    public IReadOnlyList<EnsembleCombiner> Combiners { get; }

    /// <summary>The members' scores are held beside the combined ones.</summary>
    public override long ScoresPerRow => base.ScoresPerRow + Members.Sum(member => member.ScoresPerRow);

    public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores)
    {
        using SharedLifetime.Reference reference = Acquire();
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

    protected override byte[] WriteManifest() => EnsembleManifest.Write(this);

    /// <summary>What an ensemble of these members knows of the labels: what they all know, and its own thresholds.</summary>
    private static LabelInfo[] CombineLabels(IReadOnlyList<Model> members, IReadOnlyList<EnsembleCombiner> combiners) =>
    [
        .. members[0].Labels.Select((label, i) => label with
        {
            Thresholds = combiners[i].GetThresholds([.. members.Select(member => member.Labels[i].Thresholds)], members[0].Tasks[i], label.OutputCount),
        }),
    ];
}
