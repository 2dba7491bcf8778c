using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MlNetMultiTask.Persistence;

/// <summary>
/// An entry of a model file that lists the SHA-256 of every other entry, a line each, as sha256sum writes it:
/// it ties together parts that different components wrote. ML.NET leaves entries alone that it does not know.
/// </summary>
internal static class ArchiveSeal
{
    public const string EntryName = "MlNetMultiTask.sha256";

    private const int MaximumLength = 64_000_000;
    private const int HashDigits = 2 * SHA256.HashSizeInBytes;
    private const string Separator = "  ";

    /// <summary>Adds the list to an archive that has just been written, having read it once.</summary>
    /// <param name="stream">The archive; readable, writable and seekable.</param>
    /// <exception cref="IOException">What was written is not a whole archive: ML.NET does not notice that a disk is full.</exception>
    public static void Add(Stream stream)
    {
        stream.Position = 0;
        IReadOnlyDictionary<string, byte[]> hashes = ReadBack(stream);
        stream.Position = 0;
        using var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true);
        using var writer = new StreamWriter(archive.CreateEntry(EntryName).Open());
        foreach ((string name, byte[] hash) in hashes)
        {
            writer.Write(Convert.ToHexStringLower(hash) + Separator + name + "\n");
        }
    }

    /// <summary>Compares the entries of an archive with its list; an archive without a list was saved by ML.NET alone.</summary>
    /// <exception cref="FormatException">They differ.</exception>
    public static void Check(ZipArchive archive, IReadOnlyDictionary<string, byte[]> hashes)
    {
        if (archive.GetEntry(EntryName) is not { } entry)
        {
            return;
        }

        Dictionary<string, string> expected = Read(entry);
        foreach ((string name, byte[] hash) in hashes.Where(item => item.Key != EntryName))
        {
            if (!expected.Remove(name, out string? digits))
            {
                throw new FormatException($"Entry '{name}' does not belong to the file: '{EntryName}' does not list it.");
            }

            if (!string.Equals(digits, Convert.ToHexStringLower(hash), StringComparison.OrdinalIgnoreCase))
            {
                throw new FormatException($"Entry '{name}' is not the one that was saved: it does not match its checksum in '{EntryName}'.");
            }
        }

        if (expected.Keys.FirstOrDefault() is { } missing)
        {
            throw new FormatException($"Entry '{missing}' is missing: '{EntryName}' lists it.");
        }
    }

    private static IReadOnlyDictionary<string, byte[]> ReadBack(Stream stream)
    {
        try
        {
            return ModelArchive.Verify(stream);
        }
        catch (FormatException e)
        {
            throw new IOException("The model could not be written whole; is there enough room on the disk? " + e.Message, e);
        }
    }

    private static Dictionary<string, string> Read(ZipArchiveEntry entry)
    {
        if (entry.Length > MaximumLength)
        {
            throw new FormatException($"'{EntryName}' has {entry.Length} bytes; {MaximumLength} at most are valid.");
        }

        using var reader = new StreamReader(entry.Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length <= HashDigits + Separator.Length || !lines.TryAdd(line[(HashDigits + Separator.Length)..], line[..HashDigits]))
            {
                throw new FormatException($"Line {lines.Count + 1} of '{EntryName}' is not a checksum and a name of its own.");
            }
        }

        return lines;
    }
}
