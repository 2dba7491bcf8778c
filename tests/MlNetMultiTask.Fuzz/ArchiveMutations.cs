namespace MlNetMultiTask.Fuzz;

/// <summary>What people do with a zip tool: entries changed, exchanged, removed or added, in an archive that is whole.</summary>
internal static class ArchiveMutations
{
    private static readonly (string Name, Func<Random, byte[], byte[]> Apply)[] _changes =
    [
        ("a bit flipped", (random, content) => FileMutations.FlipBits(random, content, 1)),
        ("some bits flipped", (random, content) => FileMutations.FlipBits(random, content, random.Next(2, 20))),
        ("cut off", (random, content) => content[..random.Next(content.Length)]),
        ("emptied", (_, _) => []),
        ("grown", (random, content) => [.. content, .. FileMutations.Noise(random, random.Next(1, 3000))]),
        ("noise of the same length", (random, content) => FileMutations.Noise(random, content.Length)),
    ];

    /// <summary>Changes any entries of a file that holds the checksums of all.</summary>
    public static Mutant Apply(Random random, ModelZip model, ModelZip other)
    {
        List<(string Name, byte[] Content)> entries = [.. model.Entries];
        int place = random.Next(entries.Count);
        (string name, byte[] content) = entries[place];
        string what;
        switch (random.Next(7))
        {
            case 0:
                what = "removed";
                entries.RemoveAt(place);
                break;
            case 1:
                what = "there twice";
                entries.Insert(random.Next(entries.Count), (name, random.Next(2) == 0 ? content : FileMutations.Noise(random, 50)));
                break;
            case 2:
                what = "exchanged with another";
                int with = random.Next(entries.Count);
                (entries[place], entries[with]) = ((name, entries[with].Content), (entries[with].Name, content));
                break;
            case 3:
                what = "taken from another model";
                byte[]? foreign = other.Entries.Where(entry => entry.Name == name).Select(entry => entry.Content).FirstOrDefault();
                entries[place] = (name, foreign ?? other.Entries[random.Next(other.Entries.Count)].Content);
                break;
            case 4:
                what = "renamed";
                entries[place] = (random.Next(2) == 0 ? name + "x" : name.ToUpperInvariant(), content);
                break;
            case 5:
                what = "joined by a foreign one";
                entries.Insert(place, ($"TransformerChain/Transform_{random.Next(10):000}/Extra.bin", FileMutations.Noise(random, 100)));
                break;
            default:
                (what, Func<Random, byte[], byte[]> change) = _changes[random.Next(_changes.Length)];
                entries[place] = (name, change(random, content));
                break;
        }

        return new Mutant($"archive: {name} {what}", ModelZip.Write(entries), Expectation.RefusedOrTheSame);
    }

    /// <summary>Changes what the library wrote, in a file that nothing but the library's own checksums protects.</summary>
    public static Mutant ApplyToOurs(Random random, ModelZip model, ModelZip other)
    {
        string entry = model.Pick(random, random.Next(2) == 0 ? ModelZip.Manifest : ModelZip.Weights);
        if (random.Next(4) == 0)
        {
            return new Mutant($"archive: {entry} of another model", model.WithEntry(entry, other.Get(entry)), Expectation.RefusedOrTheSameByBoth);
        }

        (string what, Func<Random, byte[], byte[]> change) = _changes[random.Next(_changes.Length)];
        return new Mutant($"archive: {entry} {what}", model.WithEntry(entry, change(random, model.Get(entry))), Expectation.RefusedOrTheSameByBoth);
    }
}
