using System.IO.Compression;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Model files that somebody has damaged inside: the archive is whole, an entry is not.</summary>
internal static class DamagedModel
{
    /// <summary>Changes a bit in the middle of an entry; in the table of contents, where ML.NET has much unused room, a bit of a name.</summary>
    public static byte[] Flip(byte[] file, string entry) => Rewrite(file, entry, content =>
    {
        content[PlaceIn(content)] ^= 0x10;
        return content;
    });

    public static byte[] Truncate(byte[] file, string entry) => Rewrite(file, entry, content => content[..PlaceIn(content)]);

    public static byte[] Remove(byte[] file, string entry) => Rewrite(file, entry, _ => null);

    private static int PlaceIn(byte[] content) =>
        content.AsSpan().IndexOf("Weights.bin"u8) is >= 0 and int place ? place + 3 : content.Length / 2;

    private static byte[] Rewrite(byte[] file, string entryName, Func<byte[], byte[]?> change)
    {
        using var output = new MemoryStream();
        using (var input = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read))
        using (var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            bool found = false;
            foreach (ZipArchiveEntry entry in input.Entries)
            {
                using var buffer = new MemoryStream();
                using (Stream stream = entry.Open())
                {
                    stream.CopyTo(buffer);
                }

                byte[]? content = buffer.ToArray();

                // The schema of the data is a Model.key too, of another component.
                bool wanted = entry.Name == entryName && !entry.FullName.Contains("Schema", StringComparison.Ordinal);
                found |= wanted;
                content = wanted ? change(content) : content;
                if (content is not null)
                {
                    using Stream target = archive.CreateEntry(entry.FullName).Open();
                    target.Write(content);
                }
            }

            Assert.True(found, $"no entry {entryName} in {string.Join(", ", input.Entries.Select(entry => entry.FullName))}");
        }

        return output.ToArray();
    }
}
