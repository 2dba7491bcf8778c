using System.Text.Json;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>The manifest of an ensemble; its members are entries of their own, each in a folder.</summary>
internal static class EnsembleManifest
{
    public const int MaximumNumberOfMembers = 1000;

    public static string GetMemberPrefix(string prefix, int member) => FormattableString.Invariant($"{prefix}Members/{member + 1:0000}/");

    public static byte[] Write(EnsembleModel model)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("model", EnsembleModel.KindName);
            json.WriteNumber("numberOfMembers", model.Members.Count);
            json.WriteStartArray("combiners");
            foreach (EnsembleCombiner combiner in model.Combiners)
            {
                json.WriteStringValue(combiner.Name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Builds the ensemble that a manifest describes.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="readMember">Reads the member of a number, from 0.</param>
    /// <param name="history">How the members learned together; null where they did not.</param>
    /// <exception cref="FormatException">Something is missing, altered or unknown, or the members do not belong together.</exception>
    public static EnsembleModel Read(ManifestReader manifest, Func<int, Model> readMember, TrainingHistory? history)
    {
        int count = manifest.GetInt32("numberOfMembers", 1, MaximumNumberOfMembers);
        EnsembleCombiner[] combiners =
        [
            .. manifest.GetStrings("combiners").Select(name => EnsembleCombiner.All.FirstOrDefault(combiner => combiner.Name == name)
                ?? throw new FormatException($"The combiner '{name}' is unknown; this version of MlNetMultiTask knows {string.Join(", ", EnsembleCombiner.All)}.")),
        ];
        var members = new List<Model>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                members.Add(readMember(i));
            }

            if (FindProblem(members, combiners) is { } problem)
            {
                throw new FormatException($"The members of the model do not belong together: {problem}");
            }

            return new EnsembleModel(members, combiners) { History = history };
        }
        catch
        {
            members.ForEach(member => member.Dispose());
            throw;
        }
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

            if (other.FeatureColumnName != first.FeatureColumnName || other.FeatureCount != first.FeatureCount)
            {
                return $"member {member + 1} reads {other.FeatureCount} features of column '{other.FeatureColumnName}', and member 1 {first.FeatureCount} of '{first.FeatureColumnName}'.";
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
