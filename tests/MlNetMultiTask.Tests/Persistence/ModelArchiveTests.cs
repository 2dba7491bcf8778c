using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Tests.Persistence;

/// <summary>The archive of a model is checked as a whole before anybody reads it.</summary>
public sealed class ModelArchiveTests
{
    private static readonly (string Name, string Content)[] _entries = [("TransformerChain/Model.key", "first"), ("Schema", "second")];

    [Fact]
    public void The_checksums_of_a_sound_archive_are_those_of_its_entries()
    {
        IReadOnlyDictionary<string, byte[]> hashes = ModelArchive.Verify(Zip(_entries));

        Assert.Equal(_entries.Select(entry => entry.Name), hashes.Keys);
        Assert.All(_entries, entry => Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(entry.Content)), hashes[entry.Name]));
    }

    [Fact]
    public void A_flipped_bit_is_found_although_it_unpacks()
    {
        byte[] file = Zip(_entries).ToArray();
        file[file.AsSpan().IndexOf("second"u8)] ^= 1;

        var error = Assert.Throws<FormatException>(() => ModelArchive.Verify(new MemoryStream(file)));

        Assert.Contains("'Schema' does not match", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Schema")]
    [InlineData("TransformerChain\\Model.key")]
    public void No_entry_is_there_twice(string name)
    {
        var error = Assert.Throws<FormatException>(() => ModelArchive.Verify(Zip([.. _entries, (name, "third")])));

        Assert.Contains($"'{name}' is there twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_archive_are_said_to_be_none()
    {
        foreach (byte[] file in (byte[][])[[], [1, 2, 3], Zip(_entries).ToArray()[..100]])
        {
            Assert.Contains("zip archive", Assert.Throws<FormatException>(() => ModelArchive.Verify(new MemoryStream(file))).Message, StringComparison.Ordinal);
        }

        Assert.Contains("0 entries", Assert.Throws<FormatException>(() => ModelArchive.Verify(Zip([]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_unpacks_to_far_more_than_it_has_is_not_unpacked()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("Zeros").Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i <= 1 << 10; i++)
            {
                entry.Write(zeros);
            }
        }

        var error = Assert.Throws<FormatException>(() => ModelArchive.Verify(file));

        Assert.Contains("'Zeros'", error.Message, StringComparison.Ordinal);
        Assert.Contains("200 times", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seal_lists_the_entries_as_sha256sum_does()
    {
        using MemoryStream file = Sealed();
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        using var reader = new StreamReader(archive.GetEntry(ArchiveSeal.EntryName)!.Open());

        string expected = string.Concat(_entries.Select(entry => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(entry.Content)))}  {entry.Name}\n"));
        Assert.Equal(expected, reader.ReadToEnd());
        ModelArchive.Verify(file);
    }

    [Fact]
    public void A_seal_is_broken_by_an_entry_that_is_changed_added_or_gone()
    {
        (string Name, string Content) seal = (ArchiveSeal.EntryName, ReadSeal());

        AssertBroken("'Schema' is not the one that was saved", _entries[0], ("Schema", "another"), seal);
        AssertBroken("'Extra' does not belong", [.. _entries, ("Extra", ""), seal]);
        AssertBroken("'Schema' is missing", _entries[0], seal);
        AssertBroken("Line 1 of 'MlNetMultiTask.sha256'", [.. _entries, (ArchiveSeal.EntryName, "no checksum")]);
        AssertBroken("Line 3 of 'MlNetMultiTask.sha256'", [.. _entries, (ArchiveSeal.EntryName, seal.Content + seal.Content)]);
    }

    [Fact]
    public void What_is_not_a_whole_archive_is_not_sealed()
    {
        using var half = new MemoryStream();
        half.Write(Zip(_entries).ToArray().AsSpan(0, 100));

        var error = Assert.Throws<IOException>(() => ArchiveSeal.Add(half));

        Assert.Contains("room on the disk", error.Message, StringComparison.Ordinal);
    }

    private static void AssertBroken(string message, params (string Name, string Content)[] entries) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ModelArchive.Verify(Zip(entries))).Message, StringComparison.Ordinal);

    private static string ReadSeal()
    {
        using var archive = new ZipArchive(Sealed(), ZipArchiveMode.Read);
        using var reader = new StreamReader(archive.GetEntry(ArchiveSeal.EntryName)!.Open());
        return reader.ReadToEnd();
    }

    private static MemoryStream Sealed()
    {
        MemoryStream file = Zip(_entries);
        ArchiveSeal.Add(file);
        return file;
    }

    private static MemoryStream Zip(params (string Name, string Content)[] entries)
    {
        var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return file;
    }
}
