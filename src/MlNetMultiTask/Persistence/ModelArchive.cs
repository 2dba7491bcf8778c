using System.Buffers;
using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace MlNetMultiTask.Persistence;

/// <summary>
/// The zip archive in which ML.NET keeps a model, checked as a whole before anything in it is interpreted. .NET does not
/// compare an entry with its checksum when it unpacks it, and neither does ML.NET.
/// </summary>
internal static class ModelArchive
{
    private const int MaximumNumberOfEntries = 100_000;

    /// <summary>What an archive may unpack to in any case, and how many times its own length beyond that.</summary>
    private const long AlwaysAllowed = 1L << 30;
    private const int MaximumRatio = 200;

    /// <summary>Reads every entry once, and compares it with what the archive says of it.</summary>
    /// <param name="stream">The archive, readable and seekable.</param>
    /// <returns>The SHA-256 of each entry by its name.</returns>
    /// <exception cref="FormatException">The archive is damaged, or was put together from several.</exception>
    public static IReadOnlyDictionary<string, byte[]> Verify(Stream stream)
    {
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            CheckSizes(archive, stream.Length);
            var hashes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                // ML.NET takes both slashes for the same, and the last entry of several.
                if (!hashes.TryAdd(entry.FullName.Replace('\\', '/'), Hash(entry)))
                {
                    throw new FormatException($"Entry '{entry.FullName}' is there twice.");
                }
            }

            ArchiveSeal.Check(archive, hashes);
            return hashes;
        }
        catch (InvalidDataException e)
        {
            throw new FormatException("It is not a whole zip archive, as ML.NET's models are: " + e.Message);
        }
    }

    private static void CheckSizes(ZipArchive archive, long length)
    {
        if (archive.Entries.Count is 0 or > MaximumNumberOfEntries)
        {
            throw new FormatException($"It has {archive.Entries.Count} entries; 1 to {MaximumNumberOfEntries} are valid.");
        }

        // Entry by entry, since a sum of hostile lengths could overflow.
        long allowed = Math.Max(AlwaysAllowed, MaximumRatio * length);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            allowed -= entry.Length;
            if (entry.Length < 0 || allowed < 0)
            {
                throw new FormatException($"Up to entry '{entry.FullName}', it says that it unpacks to more than {MaximumRatio} times its length of {length} bytes, as no model does.");
            }
        }
    }

    private static byte[] Hash(ZipArchiveEntry entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var checksum = new Crc32();
        long length = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            using Stream content = Open(entry);
            for (int read = content.Read(buffer); read > 0; read = content.Read(buffer))
            {
                hash.AppendData(buffer, 0, read);
                checksum.Append(buffer.AsSpan(0, read));
                length += read;
            }
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"Entry '{entry.FullName}' can't be unpacked: {e.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return length == entry.Length && checksum.GetCurrentHashAsUInt32() == entry.Crc32
            ? hash.GetHashAndReset()
            : throw new FormatException($"Entry '{entry.FullName}' does not match its length of {entry.Length} bytes or its checksum.");
    }

    private static Stream Open(ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (NotSupportedException e)
        {
            // A way of packing that .NET can't undo.
            throw new InvalidDataException(e.Message);
        }
    }
}
