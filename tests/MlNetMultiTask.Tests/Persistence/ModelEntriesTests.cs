using System.Security.Cryptography;
using System.Text;
using CsCheck;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Tests.Persistence;

/// <summary>The table of contents of a model: nothing that was altered is read.</summary>
public sealed class ModelEntriesTests
{
    [Fact]
    public void Entries_come_back_by_name_and_in_their_order() =>
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 20], Gen.Byte.Array[0, 50]).Array[0, 8].Sample(items =>
        {
            var entries = new ModelEntries();
            foreach ((string name, byte[] content) in items.DistinctBy(item => item.Item1))
            {
                entries.Add(name, content);
            }

            ModelEntries read = Read(entries.ToHeader(), entries);

            Assert.Equal(entries.All.Select(entry => entry.Key), read.All.Select(entry => entry.Key));
            Assert.All(entries.All, entry => Assert.Equal(entry.Value, read.Get(entry.Key)));
        });

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("C:a")]
    public void A_name_that_is_no_path_below_the_model_is_refused(string name) =>
        Assert.Contains("letters", Assert.Throws<ArgumentException>(() => new ModelEntries().Add(name, [])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_change_of_any_bit_of_the_table_is_detected()
    {
        ModelEntries entries = Sample();
        byte[] header = entries.ToHeader();
        for (int bit = 0; bit < header.Length * 8; bit++)
        {
            byte[] damaged = Flip(header, bit);
            // Bytes behind the table: a length that has grown must not find what it asks for.
            Exception? error = Record.Exception(() => Read([.. damaged, .. new byte[300]], entries));

            Assert.True(error is FormatException, $"Bit {bit}: {error?.ToString() ?? "no error"}");
        }
    }

    [Fact]
    public void A_change_of_any_bit_of_an_entry_is_detected_and_named()
    {
        ModelEntries entries = Sample();
        byte[] header = entries.ToHeader();
        foreach ((string name, byte[] content) in entries.All)
        {
            for (int bit = 0; bit < content.Length * 8; bit++)
            {
                byte[] damaged = Flip(content, bit);
                var error = Assert.Throws<FormatException>(() => Read(header, entry => entry == name ? damaged : entries.Get(entry)));

                Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
                Assert.Contains("checksum", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_table_that_is_cut_off_is_an_error_of_the_format_or_the_end_of_the_stream()
    {
        ModelEntries entries = Sample();
        byte[] header = entries.ToHeader();
        for (int length = 0; length < header.Length; length++)
        {
            Exception? error = Record.Exception(() => Read(header[..length], entries));

            Assert.True(error is FormatException or EndOfStreamException, $"{length} bytes: {error?.ToString() ?? "no error"}");
        }
    }

    [Fact]
    public void An_entry_that_is_missing_is_named()
    {
        ModelEntries entries = Sample();
        var error = Assert.Throws<FormatException>(() => Read(entries.ToHeader(), name => name == "Weights.bin" ? null : entries.Get(name)));

        Assert.Contains("'Weights.bin'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Other'", Assert.Throws<FormatException>(() => entries.Get("Other")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_is_asked_for_with_its_length()
    {
        ModelEntries entries = Sample();
        var asked = new List<(string, long)>();
        using var reader = new BinaryReader(new MemoryStream(entries.ToHeader()));
        ModelEntries.Read(reader, (name, length) =>
        {
            asked.Add((name, length));
            return entries.Get(name);
        });

        Assert.Equal([("Manifest.json", 5L), ("Weights.bin", 4L), ("Empty", 0L)], asked);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-1)]
    public void A_format_of_another_version_is_refused_with_both_versions(int format)
    {
        byte[] header = [.. BitConverter.GetBytes(format), .. Sample().ToHeader()[4..]];
        var error = Assert.Throws<FormatException>(() => Read(header, Sample()));

        Assert.Contains($"format {format};", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4_000_001)]
    [InlineData(int.MaxValue)]
    public void A_table_of_impossible_length_is_refused(int length)
    {
        byte[] header = [1, 0, 0, 0, .. BitConverter.GetBytes(length), .. new byte[5_000_000]];

        Assert.Contains($"{length} bytes", Assert.Throws<FormatException>(() => Read(header, Sample())).Message, StringComparison.Ordinal);
    }

    /// <summary>Tables with a right checksum and wrong content: made by someone, not by accident.</summary>
    [Fact]
    public void A_forged_table_is_refused()
    {
        byte[] hash = SHA256.HashData([]);
        Assert.Contains("lists -1 entries", Forged(writer => writer.Write(-1)).Message, StringComparison.Ordinal);
        Assert.Contains("lists 10001 entries", Forged(writer => writer.Write(10_001)).Message, StringComparison.Ordinal);
        Assert.Contains("Row 0", Forged(writer => WriteRows(writer, ("", 0))).Message, StringComparison.Ordinal);
        Assert.Contains("Row 0", Forged(writer => WriteRows(writer, (new string('x', 1001), 0))).Message, StringComparison.Ordinal);
        Assert.Contains("Row 1", Forged(writer => WriteRows(writer, ("Empty", 0), ("b", -1))).Message, StringComparison.Ordinal);
        Assert.Contains("listed twice", Forged(writer => WriteRows(writer, ("Empty", 0), ("Empty", 0))).Message, StringComparison.Ordinal);

        void WriteRows(BinaryWriter writer, params (string Name, long Length)[] rows)
        {
            writer.Write(rows.Length);
            foreach ((string name, long length) in rows)
            {
                writer.Write(name);
                writer.Write(length);
                writer.Write(hash);
            }
        }
    }

    private static FormatException Forged(Action<BinaryWriter> write)
    {
        using var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            write(writer);
        }

        byte[] table = body.ToArray();
        byte[] header = [1, 0, 0, 0, .. BitConverter.GetBytes(table.Length), .. table, .. SHA256.HashData(table)];
        return Assert.Throws<FormatException>(() => Read(header, _ => []));
    }

    private static ModelEntries Sample()
    {
        var entries = new ModelEntries();
        entries.Add("Manifest.json", "{\"a\"}"u8.ToArray());
        entries.Add("Weights.bin", [1, 2, 3, 4]);
        entries.Add("Empty", []);
        return entries;
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static ModelEntries Read(byte[] header, ModelEntries source) =>
        Read(header, name => source.All.FirstOrDefault(entry => entry.Key == name).Value);

    private static ModelEntries Read(byte[] header, Func<string, byte[]?> readEntry)
    {
        using var reader = new BinaryReader(new MemoryStream(header));
        return ModelEntries.Read(reader, (name, _) => readEntry(name));
    }
}
