using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The generator of all random numbers.</summary>
public sealed class CounterRandomTests
{
    /// <summary>The vectors of Random123's own test (kat_vectors, "philox4x32 10").</summary>
    [Theory]
    [InlineData(0x0000000000000000UL, new[] { 0u, 0u, 0u, 0u }, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [InlineData(0xffffffffffffffffUL, new[] { uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue }, new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [InlineData(0x299f31d0a4093822UL, new[] { 0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u }, new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void Blocks_are_those_of_the_published_test_vectors(ulong key, uint[] counter, uint[] expected)
    {
        uint[] block = new uint[4];
        CounterRandom.Compute(key, counter, block);

        Assert.Equal(expected, block);
    }

    [Fact]
    public void Numbers_are_the_words_of_consecutive_blocks()
    {
        const ulong Seed = 0x0123456789abcdef;
        var random = new CounterRandom(Seed, stream: 5, substream: 9);
        uint[] drawn = [.. Enumerable.Range(0, 12).Select(_ => random.NextUInt32())];

        uint[] expected = new uint[12];
        for (uint block = 0; block < 3; block++)
        {
            CounterRandom.Compute(Seed, [block, 0, 5, 9], expected.AsSpan((int)block * 4, 4));
        }

        Assert.Equal(expected, drawn);
    }

    [Fact]
    public void Counting_goes_on_beyond_32_bits()
    {
        var random = new CounterRandom(seed: 3, stream: 1) { Position = (1UL << 34) - 1 };
        uint[] before = new uint[4];
        uint[] after = new uint[4];
        CounterRandom.Compute(3, [uint.MaxValue, 0, 1, 0], before);
        CounterRandom.Compute(3, [0, 1, 1, 0], after);

        Assert.Equal(before[3], random.NextUInt32());
        Assert.Equal(after[0], random.NextUInt32());
    }

    [Fact]
    public void A_place_is_restored_from_its_position() =>
        Gen.Select(Gen.ULong, Gen.UInt, Gen.Int[0, 50], Gen.Int[0, 50]).Sample((seed, stream, skipped, other) =>
        {
            var original = new CounterRandom(seed, stream);
            Draw(original, skipped);
            ulong position = original.Position;
            uint[] expected = Draw(original, 20);

            var restored = new CounterRandom(seed, stream);
            Draw(restored, other);
            restored.Position = position;

            Assert.Equal(expected, Draw(restored, 20));
            Assert.Equal(original.Position, restored.Position);
        });

    [Fact]
    public void Permutations_hold_every_number_once() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 400]).Sample((seed, count) =>
        {
            long[] order = new CounterRandom(seed, 1).NextPermutation(count);

            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), order.Order());
        });

    [Fact]
    public void Permutations_of_one_generator_differ_and_those_of_equal_ones_do_not()
    {
        var random = new CounterRandom(1, 2);
        long[] first = random.NextPermutation(50);

        Assert.NotEqual(first, random.NextPermutation(50));
        Assert.Equal(first, new CounterRandom(1, 2).NextPermutation(50));
    }

    /// <summary>All 24 orders of four, 24,000 times: chi-square with 23 degrees of freedom is above 60 once in 30,000 seeds, and the seed is fixed.</summary>
    [Fact]
    public void Every_permutation_is_as_likely_as_every_other()
    {
        var random = new CounterRandom(7, 1);
        IEnumerable<int> counts = Enumerable.Range(0, 24_000).Select(_ => string.Join("", random.NextPermutation(4))).GroupBy(order => order).Select(group => group.Count());

        Assert.Equal(24, counts.Count());
        Assert.InRange(counts.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000.0), 0, 60);
    }

    [Fact]
    public void Bounded_numbers_stay_below_their_bound() =>
        Gen.Select(Gen.ULong, Gen.UInt[1, uint.MaxValue]).Sample((seed, bound) =>
            Assert.All(Enumerable.Repeat(new CounterRandom(seed, 1), 20), random => Assert.True(random.NextBelow(bound) < bound)));

    /// <summary>With 3·2³⁰, taking the high word without rejection would make every third number twice as likely.</summary>
    [Theory]
    [InlineData(3u)]
    [InlineData(10u)]
    [InlineData(3u << 30)]
    public void Bounded_numbers_are_not_biased(uint bound)
    {
        const int Draws = 30_000;
        var random = new CounterRandom(11, 1);
        int[] residues = new int[3];
        for (int i = 0; i < Draws; i++)
        {
            residues[bound > 10 ? random.NextBelow(bound) % 3 : (int)((long)random.NextBelow(bound) * 3 / bound)]++;
        }

        double[] shares = bound == 10 ? [0.4, 0.3, 0.3] : [1.0 / 3, 1.0 / 3, 1.0 / 3];
        // Five standard deviations of a share of about a third in 30,000 draws are 0.0136.
        Assert.All(residues.Zip(shares), pair => Assert.Equal(pair.Second, (double)pair.First / Draws, 0.0136));
    }

    [Fact]
    public void A_bound_of_zero_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CounterRandom(1, 1).NextBelow(0));

    [Fact]
    public void Uniform_numbers_keep_to_their_bounds() =>
        Gen.Select(Gen.ULong, Gen.Float[1e-6f, 1e6f]).Sample((seed, bound) =>
        {
            float[] values = new float[100];
            new CounterRandom(seed, 1).FillUniform(values, bound);

            Assert.All(values, value => Assert.InRange(value, -bound, bound));
        });

    /// <summary>Mean 0 and variance b²/3; five standard errors of 100,000 draws.</summary>
    [Fact]
    public void Uniform_numbers_have_the_moments_of_the_uniform_distribution()
    {
        float[] values = new float[100_000];
        new CounterRandom(5, 1).FillUniform(values, 2f);
        double mean = values.Average(value => (double)value);
        double variance = values.Average(value => (double)value * value) - (mean * mean);

        Assert.Equal(0.0, mean, 5 * Math.Sqrt(4.0 / 3 / 100_000));
        // Var(x²) = b⁴ (1/5 − 1/9).
        Assert.Equal(4.0 / 3, variance, 5 * Math.Sqrt(16 * (0.2 - (1.0 / 9)) / 100_000));
        Assert.True(values.Distinct().Count() > 99_000);
    }

    [Fact]
    public void Doubles_lie_in_the_unit_interval_and_use_53_bits()
    {
        var random = new CounterRandom(5, 1);
        var words = new CounterRandom(5, 1);
        for (int i = 0; i < 1000; i++)
        {
            ulong high = words.NextUInt32();
            ulong low = words.NextUInt32();
            double expected = Math.ScaleB((high << 21) | (low >> 11), -53);
            double drawn = random.NextDouble();

            Assert.Equal(expected, drawn);
            Assert.True(drawn is >= 0 and < 1);
        }
    }

    /// <summary>Correlations of 20,000 pairs have a standard deviation of 0.0071.</summary>
    [Theory]
    [InlineData(1UL, 1u, 1u)]
    [InlineData(1UL, 2u, 0u)]
    [InlineData(2UL, 1u, 0u)]
    public void Streams_substreams_and_seeds_are_independent(ulong seed, uint stream, uint substream)
    {
        var one = new CounterRandom(1, 1, 0);
        var other = new CounterRandom(seed, stream, substream);
        double correlation = Enumerable.Range(0, 20_000).Average(_ => (one.NextDouble() - 0.5) * (other.NextDouble() - 0.5)) * 12;

        Assert.Equal(0.0, correlation, 0.036);
    }

    [Fact]
    public void Every_purpose_has_a_stream_of_its_own()
    {
        uint[] streams = [.. Enum.GetValues<RandomStream>().Select(stream => (uint)stream)];

        Assert.Equal(streams.Length, streams.Distinct().Count());
        Assert.Equal(streams.Length, streams.Select(stream => string.Join(",", Draw(new CounterRandom(1, stream), 4))).Distinct().Count());
    }

    private static uint[] Draw(CounterRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextUInt32())];
}
