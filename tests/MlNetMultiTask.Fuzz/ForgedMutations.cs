using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MlNetMultiTask.Fuzz;

/// <summary>What somebody does who knows the format, and makes the checksums anew: only the meaning is wrong.</summary>
internal static class ForgedMutations
{
    private const string Placeholder = "\"here\"";

    private static readonly string[] _values =
    [
        "null", "true", "false", "0", "-1", "1", "2", "3", "7", "0.5", "1e30", "-1e30", "1e-40", "1e999", "-0", "2147483647", "-2147483648", "4294967296", "100000000", "9223372036854775807",
        "1e5", "\"\"", "\"x\"", "\"Features\"", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[]]", "[null]", "[1,2,3]", "[0]", "[-1]", "[1e9]", "[\"a\",\"a\"]", "NaN", "", "{", "/*", "{\"a\":1,\"a\":2}",
    ];

    private static readonly long[] _numbers =
    [
        0, 1, 2, -1, 3, 7, 255, 256, 65_535, 1_000_000, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, 1L << 62, long.MaxValue, long.MinValue,
    ];

    public static Mutant Apply(Random random, ModelZip model, ModelZip other) => random.Next(8) switch
    {
        0 or 1 or 2 => Json(random, model, model.Pick(random, ModelZip.Manifest)),
        3 => Json(random, model, model.Pick(random, ModelZip.History)),
        4 or 5 => Weights(random, model),
        6 => Table(random, model),
        _ => Parts(random, model, other),
    };

    private static Mutant Json(Random random, ModelZip model, string entry)
    {
        JsonNode root = JsonNode.Parse(model.Get(entry))!;
        List<JsonNode> nodes = [];
        Collect(root, nodes);
        JsonNode node = nodes[random.Next(1, nodes.Count)];
        string path = node.GetPath();
        string text;
        string what;
        switch (random.Next(8))
        {
            case 0:
                what = "removed";
                Remove(node);
                text = root.ToJsonString();
                break;
            case 1:
                what = "taken from elsewhere";
                node.ReplaceWith(nodes[random.Next(1, nodes.Count)].DeepClone());
                text = root.ToJsonString();
                break;
            case 2:
                int depth = random.Next(1, 5) switch { 1 => 20, 2 => 40, 3 => 1_000, _ => 100_000 };
                what = $"nested {depth} times";
                string array = new string('[', depth) + new string(']', depth);
                text = Replace(root, node, random.Next(2) == 0 ? array : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth));
                break;
            case 3:
                what = "very long";
                text = Replace(root, node, random.Next(3) switch
                {
                    0 => '"' + new string('x', 300_000) + '"',
                    1 => '[' + string.Join(',', Enumerable.Repeat("1", 100_000)) + ']',
                    _ => new string('9', 5_000),
                });
                break;
            default:
                string value = _values[random.Next(_values.Length)];
                what = "is now " + value;
                text = Replace(root, node, value);
                break;
        }

        return new Mutant($"forged {entry}: {path} {what}", model.With((entry, Encoding.UTF8.GetBytes(text))), Expectation.RefusedOrUsable);
    }

    private static Mutant Weights(Random random, ModelZip model)
    {
        string entry = model.Pick(random, ModelZip.Weights);
        byte[] weights = [.. model.Get(entry)];
        int place = random.Next(weights.Length - sizeof(long));
        string what;
        switch (random.Next(5))
        {
            case 0:
                what = $"a number of eight bytes at {place}";
                BinaryPrimitives.WriteInt64LittleEndian(weights.AsSpan(place), _numbers[random.Next(_numbers.Length)]);
                break;
            case 1:
                // The count of tensors, and the length of the first name.
                what = "the head";
                BinaryPrimitives.WriteInt32LittleEndian(weights.AsSpan(8 + random.Next(5)), (int)_numbers[random.Next(_numbers.Length)]);
                break;
            case 2:
                what = $"no finite number at {place}";
                BinaryPrimitives.WriteSingleLittleEndian(weights.AsSpan(place), random.Next(2) == 0 ? float.NaN : float.PositiveInfinity);
                break;
            case 3:
                what = "cut off";
                weights = weights[..place];
                break;
            default:
                what = "bits flipped";
                weights = FileMutations.FlipBits(random, weights, random.Next(1, 10));
                break;
        }

        return new Mutant($"forged {entry}: " + what, model.With((entry, weights)), Expectation.RefusedOrUsable);
    }

    /// <summary>The format's version, the length, counts, names and lengths of the table of contents; its own checksum is right.</summary>
    private static Mutant Table(Random random, ModelZip model)
    {
        byte[] table = [.. model.Table];
        int end = table.Length - SHA256.HashSizeInBytes;
        int place = random.Next(3) switch { 0 => 4 * random.Next(3), _ => random.Next(end - sizeof(long)) };
        long number = _numbers[random.Next(_numbers.Length)];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(place), (int)number);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(table.AsSpan(place), number);
        }

        SHA256.HashData(table.AsSpan(8, end - 8), table.AsSpan(end));
        return new Mutant($"forged table: {number} at {place}", model.WithTable(table), Expectation.RefusedOrTheSameByBoth);
    }

    /// <summary>Parts of two models, each with a right checksum, that do not belong together; and our Model.key as ML.NET reads it.</summary>
    private static Mutant Parts(Random random, ModelZip model, ModelZip other)
    {
        Mutant Exchange(string entry) => new($"forged: {entry} of another model", model.With((entry, other.Get(entry))), Expectation.RefusedOrUsable);

        return random.Next(3) switch
        {
            0 => Exchange(model.Pick(random, ModelZip.Weights)),
            1 => Exchange(model.Pick(random, ModelZip.Manifest)),
            _ => new Mutant("forged: Model.key changed", model.WithEntry(ModelZip.Key, FileMutations.FlipBits(random, model.Get(ModelZip.Key), random.Next(1, 4))), Expectation.RefusedOrTheSame),
        };
    }

    /// <summary>Puts any text in the place of a value, valid or not.</summary>
    private static string Replace(JsonNode root, JsonNode node, string text)
    {
        node.ReplaceWith(JsonValue.Create(Placeholder.Trim('"')));
        string json = root.ToJsonString();
        int place = json.IndexOf(Placeholder, StringComparison.Ordinal);
        return string.Concat(json.AsSpan(0, place), text, json.AsSpan(place + Placeholder.Length));
    }

    private static void Remove(JsonNode node)
    {
        if (node.Parent is JsonArray array)
        {
            array.Remove(node);
        }
        else
        {
            ((JsonObject)node.Parent!).Remove(node.GetPropertyName());
        }
    }

    private static void Collect(JsonNode node, List<JsonNode> nodes)
    {
        nodes.Add(node);
        IEnumerable<JsonNode?> children = node switch
        {
            JsonArray array => array,
            JsonObject values => values.Select(pair => pair.Value),
            _ => [],
        };
        foreach (JsonNode child in children.OfType<JsonNode>())
        {
            Collect(child, nodes);
        }
    }
}
