using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Training;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (SC 2011): number n of a stream is a
/// function of (seed, stream, n) alone, so that a place in it is saved as one number.
/// </summary>
internal sealed class CounterRandom(ulong seed, uint stream, uint substream = 0) : IRandomSource
{
    private readonly uint[] _block = new uint[4];
    private ulong _blockIndex = ulong.MaxValue;

    /// <summary>How many numbers have been drawn: the generator's whole state, beside seed and stream.</summary>
    public ulong Position { get; set; }

    public uint NextUInt32()
    {
        ulong index = Position / 4;
        if (index != _blockIndex)
        {
            Compute(seed, [(uint)index, (uint)(index >> 32), stream, substream], _block);
            _blockIndex = index;
        }

        return _block[Position++ % 4];
    }

    public ulong NextUInt64() => ((ulong)NextUInt32() << 32) | NextUInt32();

    /// <summary>A number of [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 to below <paramref name="bound"/>, each as likely (Lemire 2019).</summary>
    public uint NextBelow(uint bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        uint threshold = unchecked(0u - bound) % bound;
        while (true)
        {
            ulong product = (ulong)NextUInt32() * bound;
            if ((uint)product >= threshold)
            {
                return (uint)(product >> 32);
            }
        }
    }

    public void FillUniform(Span<float> destination, float bound)
    {
        foreach (ref float value in destination)
        {
            // 24 bits: what a float holds exactly; the half keeps the numbers symmetric about 0.
            value = ((((NextUInt32() >> 8) + 0.5f) * (2f / (1 << 24))) - 1f) * bound;
        }
    }

    public IRandomSource Fork() => new CounterRandom(seed, stream, substream) { Position = Position };

    public IRandomSource Branch(uint number) => new CounterRandom(seed, stream, checked(substream + number));

    /// <summary>The numbers from 0 to below <paramref name="count"/> in random order (Fisher and Yates).</summary>
    public long[] NextPermutation(int count)
    {
        long[] order = new long[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (int i = count - 1; i > 0; i--)
        {
            int other = (int)NextBelow((uint)i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    /// <summary>The block function: ten rounds over a counter of four words with a key of two.</summary>
    internal static void Compute(ulong key, ReadOnlySpan<uint> counter, Span<uint> result)
    {
        const uint M0 = 0xD2511F53;
        const uint M1 = 0xCD9E8D57;
        const uint W0 = 0x9E3779B9;
        const uint W1 = 0xBB67AE85;
        (uint c0, uint c1, uint c2, uint c3) = (counter[0], counter[1], counter[2], counter[3]);
        (uint k0, uint k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)M0 * c0;
            ulong product1 = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 = unchecked(k0 + W0);
            k1 = unchecked(k1 + W1);
        }

        (result[0], result[1], result[2], result[3]) = (c0, c1, c2, c3);
    }
}
