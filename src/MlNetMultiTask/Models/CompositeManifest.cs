using System.Text.Json;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Models;

/// <summary>What the manifests of models that are made of several have in common; their members are entries of their own, each in a folder.</summary>
internal static class CompositeManifest
{
    public const int MaximumNumberOfMembers = 1000;

    public static string GetMemberPrefix(string prefix, int member) => FormattableString.Invariant($"{prefix}Members/{member + 1:0000}/");

    /// <summary>Writes the kind and the number of members, and a list of names.</summary>
    public static byte[] Write(string kind, int numberOfMembers, string list, IEnumerable<string> names)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("model", kind);
            json.WriteNumber("numberOfMembers", numberOfMembers);
            json.WriteStartArray(list);
            foreach (string name in names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads the members, and builds the model that is made of them.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="readMember">Reads the member of a number, from 0.</param>
    /// <param name="findProblem">Why the members do not belong together; null where they do.</param>
    /// <param name="create">Builds the model.</param>
    /// <exception cref="FormatException">A member is missing, or they do not belong together; none is left.</exception>
    public static CompositeModel Read(ManifestReader manifest, Func<int, Model> readMember, Func<IReadOnlyList<Model>, string?> findProblem, Func<IReadOnlyList<Model>, CompositeModel> create)
    {
        int count = manifest.GetInt32("numberOfMembers", 1, MaximumNumberOfMembers);
        var members = new List<Model>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                members.Add(readMember(i));
            }

            return findProblem(members) is { } problem
                ? throw new FormatException($"The members of the model do not belong together: {problem}")
                : create(members);
        }
        catch
        {
            members.ForEach(member => member.Dispose());
            throw;
        }
    }

    /// <summary>Why a member can't see the same features as the first; null where it does.</summary>
    public static string? FindFeatureProblem(IReadOnlyList<Model> members, int member)
    {
        (Model first, Model other) = (members[0], members[member]);
        return other.FeatureColumnName == first.FeatureColumnName && other.FeatureCount == first.FeatureCount
            ? null
            : $"member {member + 1} reads {other.FeatureCount} features of column '{other.FeatureColumnName}', and member 1 {first.FeatureCount} of '{first.FeatureColumnName}'.";
    }
}
