namespace MlNetMultiTask.Fuzz;

/// <summary>What disks and networks do to a file, which know nothing of what is in it.</summary>
internal static class FileMutations
{
    private static readonly (string Name, Func<Random, byte[], byte[]> Apply)[] _all =
    [
        ("cut off", (random, file) => file[..random.Next(file.Length)]),
        ("cut at the front", (random, file) => file[random.Next(1, file.Length)..]),
        ("a bit flipped", (random, file) => FlipBits(random, file, 1)),
        ("some bits flipped", (random, file) => FlipBits(random, file, random.Next(2, 20))),
        ("a part overwritten", (random, file) => Overwrite(random, file, (part) => random.NextBytes(part))),
        ("a part zeroed", (random, file) => Overwrite(random, file, part => part.Clear())),
        ("a part removed", (random, file) => RemovePart(random, file)),
        ("a part inserted", (random, file) => InsertPart(random, file)),
        ("a part repeated", (random, file) => RepeatPart(random, file)),
        ("bytes behind it", (random, file) => [.. file, .. Noise(random, random.Next(1, 2000))]),
        ("bytes before it", (random, file) => [.. Noise(random, random.Next(1, 2000)), .. file]),
        ("the directory changed", FlipInDirectory),
        ("noise", (random, file) => Noise(random, random.Next(0, file.Length))),
    ];

    public static Mutant Apply(Random random, byte[] file)
    {
        (string name, Func<Random, byte[], byte[]> apply) = _all[random.Next(_all.Length)];
        return new Mutant("file: " + name, apply(random, file), Expectation.RefusedOrTheSame);
    }

    internal static byte[] FlipBits(Random random, byte[] content, int count)
    {
        byte[] changed = [.. content];
        for (int i = 0; i < count && changed.Length > 0; i++)
        {
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        }

        return changed;
    }

    internal static byte[] Noise(Random random, int length)
    {
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Overwrite(Random random, byte[] file, Action<Span<byte>> write)
    {
        byte[] changed = [.. file];
        (int start, int length) = Part(random, file);
        write(changed.AsSpan(start, length));
        return changed;
    }

    private static byte[] RemovePart(Random random, byte[] file)
    {
        (int start, int length) = Part(random, file);
        return [.. file.AsSpan(0, start), .. file.AsSpan(start + length)];
    }

    private static byte[] InsertPart(Random random, byte[] file)
    {
        (int start, int length) = Part(random, file);
        return [.. file.AsSpan(0, start), .. Noise(random, length), .. file.AsSpan(start)];
    }

    private static byte[] RepeatPart(Random random, byte[] file)
    {
        (int start, int length) = Part(random, file);
        return [.. file.AsSpan(0, start + length), .. file.AsSpan(start)];
    }

    /// <summary>The end of a zip archive holds names, lengths, checksums and places of its entries: most of what can go wrong.</summary>
    private static byte[] FlipInDirectory(Random random, byte[] file)
    {
        int start = Math.Max(0, file.AsSpan().IndexOf("PK\x1\x2"u8));
        return [.. file.AsSpan(0, start), .. FlipBits(random, file[start..], random.Next(1, 6))];
    }

    private static (int Start, int Length) Part(Random random, byte[] file)
    {
        int start = random.Next(file.Length);
        return (start, random.Next(1, Math.Min(file.Length - start, 600) + 1));
    }
}
