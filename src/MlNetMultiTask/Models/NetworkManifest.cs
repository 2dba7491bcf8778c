using System.Text.Json;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Models;

/// <summary>The part of a manifest that describes a network: its kind, sizes, trunk and members.</summary>
internal static class NetworkManifest
{
    /// <summary>The most features, and the widest layer, that a manifest may name.</summary>
    public const int MaximumSize = 100_000_000;

    /// <summary>Writes the properties of the object that describes a network.</summary>
    public static void Write(Utf8JsonWriter json, NetworkDescription description)
    {
        json.WriteString("kind", description.Kind);
        json.WriteNumber("featureCount", description.FeatureCount);
        WriteSizes(json, description.Sizes);
        CustomModuleManifest.Write(json, description.Module);
        if (description.Trunk is { } trunk)
        {
            json.WriteStartObject("trunk");
            json.WriteString("kind", trunk.Kind);
            WriteSizes(json, trunk.Sizes);
            CustomModuleManifest.Write(json, trunk.Module);
            json.WriteEndObject();
        }

        if (description.Members.Count > 0)
        {
            json.WriteStartArray("members");
            foreach (NetworkDescription member in description.Members)
            {
                json.WriteStartObject();
                Write(json, member);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="network">The object.</param>
    /// <param name="outputCounts">Per task, the number of raw outputs.</param>
    /// <exception cref="FormatException">Something is missing or can't be.</exception>
    public static NetworkDescription Read(ManifestReader network, IReadOnlyList<int> outputCounts) => Read(network, outputCounts, isMember: false);

    private static NetworkDescription Read(ManifestReader network, IReadOnlyList<int> outputCounts, bool isMember) =>
        new(network.GetString("kind"), network.GetInt32("featureCount", 1, MaximumSize), outputCounts, ReadSizes(network))
        {
            Trunk = network.GetOptionalObject("trunk") is { } trunk ? new TrunkDescription(trunk.GetString("kind"), ReadSizes(trunk)) { Module = CustomModuleManifest.Read(trunk) } : null,
            Module = CustomModuleManifest.Read(network),
            Members = ReadMembers(network, outputCounts, isMember),
        };

    private static IReadOnlyList<NetworkDescription> ReadMembers(ManifestReader network, IReadOnlyList<int> outputCounts, bool isMember)
    {
        if (!network.Has("members"))
        {
            return [];
        }

        IReadOnlyList<ManifestReader> members = isMember ? throw network.Invalid("members", "nothing: members have no members") : network.GetObjects("members");
        return members.Count <= JointNetwork.MaximumNumberOfMembers
            ? [.. members.Select(member => Read(member, outputCounts, isMember: true))]
            : throw network.Invalid("members", FormattableString.Invariant($"at most {JointNetwork.MaximumNumberOfMembers} networks"));
    }

    private static void WriteSizes(Utf8JsonWriter json, IReadOnlyDictionary<string, int[]> lists)
    {
        json.WriteStartArray("sizes");
        foreach ((string name, int[] sizes) in lists)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartArray("values");
            Array.ForEach(sizes, json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Dictionary<string, int[]> ReadSizes(ManifestReader of)
    {
        var sizes = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (ManifestReader item in of.GetObjects("sizes"))
        {
            sizes[item.GetString("name")] = item.GetSizes("values");
        }

        return sizes;
    }
}
