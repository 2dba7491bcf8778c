using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>The manifest of an ensemble.</summary>
internal static class EnsembleManifest
{
    public static byte[] Write(EnsembleModel model) =>
        CompositeManifest.Write(EnsembleModel.KindName, model.Members.Count, "combiners", model.Combiners.Select(combiner => combiner.Name));

    /// <summary>Builds the ensemble that a manifest describes.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="readMember">Reads the member of a number, from 0.</param>
    /// <param name="history">How the members learned together; null where they did not.</param>
    /// <exception cref="FormatException">Something is missing, altered or unknown, or the members do not belong together.</exception>
    public static Model Read(ManifestReader manifest, Func<int, Model> readMember, TrainingHistory? history)
    {
        EnsembleCombiner[] combiners =
        [
            .. manifest.GetStrings("combiners").Select(name => EnsembleCombiner.All.FirstOrDefault(combiner => combiner.Name == name)
                ?? throw new FormatException($"The combiner '{name}' is unknown; this version of MlNetMultiTask knows {string.Join(", ", EnsembleCombiner.All)}.")),
        ];
        return CompositeManifest.Read(manifest, readMember, members => FindProblem(members, combiners), members => new EnsembleModel(members, combiners) { History = history });
    }

    /// <summary>Why models can't be members of one ensemble; null where they can.</summary>
    public static string? FindProblem(IReadOnlyList<Model> members, IReadOnlyList<EnsembleCombiner> combiners)
    {
        Model first = members[0];
        if (combiners.Count != first.Tasks.Count)
        {
            return $"there are {combiners.Count} combiners for {first.Tasks.Count} tasks.";
        }

        if (first.Tasks.Where((task, i) => !combiners[i].Suits(task)).FirstOrDefault() is { } refused)
        {
            return $"task '{refused.Name}' has no classes to vote for.";
        }

        for (int member = 1; member < members.Count; member++)
        {
            Model other = members[member];
            if (TaskDescription.FindDifference(first.Tasks, other.Tasks) is { } difference)
            {
                return $"member {member + 1} and member 1 have {difference}";
            }

            if (CompositeManifest.FindFeatureProblem(members, member) is { } problem)
            {
                return problem;
            }

            for (int i = 0; i < first.Labels.Count; i++)
            {
                LabelInfo ours = first.Labels[i];
                LabelInfo theirs = other.Labels[i];
                if (ours.OutputCount != theirs.OutputCount || ours.IsVector != theirs.IsVector || ours.KeyType != theirs.KeyType || ours.PositiveLabel != theirs.PositiveLabel
                    || !(ours.Names?.Texts ?? []).SequenceEqual(theirs.Names?.Texts ?? []))
                {
                    return $"members {member + 1} and 1 know other classes or outputs of task '{first.Tasks[i].Name}'.";
                }
            }
        }

        return null;
    }
}
