using System.Buffers.Binary;
using System.Globalization;
using CsCheck;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Tests.Persistence;

/// <summary>The bytes of weights. Reading allocates by what the bytes say, so this class measures the process.</summary>
[Collection("NotParallel")]
public sealed class WeightsFileTests
{
    private const int CountOffset = 8;

    /// <summary>Any bits, not-a-numbers with a payload among them; ranks from 0; sizes of 0 in any place.</summary>
    private static readonly Gen<NamedTensor> _tensor =
        Gen.Select(Gen.String[Gen.Char['ä', 'ž'], 0, 30], Gen.Long[0, 4].Array[0, 5]).SelectMany((name, shape) =>
            Gen.UInt.Array[(int)shape.Aggregate(1L, (product, size) => product * size)]
                .Select(bits => new NamedTensor(name, shape, Array.ConvertAll(bits, BitConverter.UInt32BitsToSingle))));

    [Fact]
    public void What_is_read_is_what_was_written_bit_by_bit() =>
        _tensor.Array[0, 6].Sample(tensors => AssertSame(tensors, WeightsFile.Read(WeightsFile.Write(tensors))), iter: 500);

    [Theory]
    [InlineData(0x7fc00001u)]
    [InlineData(0xffc12345u)]
    [InlineData(0x7f800001u)]
    [InlineData(0x80000000u)]
    [InlineData(0x00000001u)]
    [InlineData(0xff800000u)]
    public void Special_values_keep_their_bits(uint bits)
    {
        NamedTensor[] tensors = [new("w", [], [BitConverter.UInt32BitsToSingle(bits)])];

        AssertSame(tensors, WeightsFile.Read(WeightsFile.Write(tensors)));
    }

    [Theory]
    [InlineData(new long[] { 0 })]
    [InlineData(new long[] { 100, 0 })]
    [InlineData(new long[] { 0, 100 })]
    [InlineData(new long[] { 1_000_000, 1_000_000, 0 })]
    public void A_tensor_without_elements_is_kept_with_its_shape(long[] shape)
    {
        NamedTensor[] tensors = [new("empty", shape, [])];

        AssertSame(tensors, WeightsFile.Read(WeightsFile.Write(tensors)));
    }

    [Fact]
    public void The_layout_is_little_endian_and_fixed()
    {
        byte[] content = WeightsFile.Write([new NamedTensor("ä", [2, 1], [1f, -2f])]);

        byte[] expected =
        [
            .. "MNMTW001"u8,
            1, 0, 0, 0,
            2, 0xc3, 0xa4,
            2, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0,
        ];
        Assert.Equal(expected, content);
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    public void The_culture_makes_no_difference(string culture)
    {
        NamedTensor[] tensors = [new("head0.INPUT.ı", [1], [0.5f])];
        byte[] expected = WeightsFile.Write(tensors);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, WeightsFile.Write(tensors));
            AssertSame(tensors, WeightsFile.Read(expected));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Cutting_off_at_any_byte_is_an_error_of_the_format_or_the_end_of_the_stream()
    {
        byte[] content = Sample();
        for (int length = 0; length < content.Length; length++)
        {
            Exception? error = Record.Exception(() => WeightsFile.Read(content[..length]));

            Assert.True(error is FormatException or EndOfStreamException, $"{length} of {content.Length} bytes: {error}");
        }
    }

    [Fact]
    public void Bytes_too_many_are_an_error()
    {
        byte[] content = [.. Sample(), 0];

        Assert.Contains("1 bytes too many", Assert.Throws<FormatException>(() => WeightsFile.Read(content)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_tag_is_an_error()
    {
        byte[] content = Sample();
        for (int i = 0; i < CountOffset; i++)
        {
            byte[] damaged = [.. content];
            damaged[i] ^= 0x20;
            Assert.Contains("tag", Assert.Throws<FormatException>(() => WeightsFile.Read(damaged)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(100_001)]
    [InlineData(int.MaxValue)]
    public void An_impossible_number_of_tensors_is_an_error(int count)
    {
        byte[] content = Sample();
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(CountOffset), count);

        Assert.Contains($"{count} tensors", Assert.Throws<FormatException>(() => WeightsFile.Read(content)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 1L << 40 })]
    [InlineData(new long[] { long.MaxValue, 2 })]
    [InlineData(new long[] { 1L << 31, 1L << 31, 4 })]
    [InlineData(new long[] { 1L << 32, 1L << 32 })]
    [InlineData(new long[] { 536_870_912 })]
    [InlineData(new long[] { -1 })]
    [InlineData(new long[] { -2, -2 })]
    [InlineData(new long[] { 0, -1 })]
    [InlineData(new long[] { long.MinValue })]
    public void A_size_beyond_the_bytes_that_are_there_is_an_error_before_anything_is_allocated(long[] shape)
    {
        byte[] content = WeightsFile.Write([new NamedTensor("w", shape, [1f, 2f])]);
        AssertRefusedWithoutAllocation(content);
    }

    [Fact]
    public void A_rank_beyond_the_bound_is_an_error()
    {
        byte[] content = WeightsFile.Write([new NamedTensor("w", [1, 1, 1, 1, 1, 1, 1, 1, 1], [1f])]);

        Assert.Contains("rank 9", Assert.Throws<FormatException>(() => WeightsFile.Read(content)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_says_it_is_very_long_takes_no_memory()
    {
        byte[] content = [.. "MNMTW001"u8, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07, .. new byte[64]];
        AssertRefusedWithoutAllocation(content);
    }

    [Fact]
    public void Damage_of_any_kind_is_an_error_of_reading_or_a_value()
    {
        byte[] content = Sample();
        Gen.Select(Gen.Int[CountOffset, content.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                byte[] damaged = [.. content];
                foreach ((int position, byte value) in changes)
                {
                    damaged[position] = value;
                }

                Exception? error = Record.Exception(() => WeightsFile.Read(damaged));
                Assert.True(error is null or FormatException or IOException, error?.ToString());
            },
            iter: 3000);
    }

    private static byte[] Sample() =>
        WeightsFile.Write([new("shared.0.weight", [2, 3], [1f, 2f, 3f, 4f, 5f, float.NaN]), new("empty", [0], []), new("scalar", [], [7f])]);

    /// <summary>Warmed up first, so that what is measured is reading alone; a megabyte is far below every size that the bytes claim.</summary>
    private static void AssertRefusedWithoutAllocation(byte[] content)
    {
        Exception? error = Record.Exception(() => WeightsFile.Read(content));
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Record.Exception(() => WeightsFile.Read(content));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.True(error is FormatException or EndOfStreamException, error?.ToString() ?? "no error");
    }

    private static void AssertSame(IReadOnlyList<NamedTensor> expected, IReadOnlyList<NamedTensor> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((NamedTensor one, NamedTensor other) in expected.Zip(actual))
        {
            Assert.Equal(one.Name, other.Name);
            Assert.Equal(one.Shape, other.Shape);
            Assert.Equal(Array.ConvertAll(one.Values, BitConverter.SingleToUInt32Bits), Array.ConvertAll(other.Values, BitConverter.SingleToUInt32Bits));
        }
    }
}
