namespace MlNetMultiTask.Fuzz;

/// <summary>An endless row of mutants: the same for the same seed.</summary>
internal sealed class Mutations(Sample sample, Sample other)
{
    private readonly ModelZip _plain = new(sample.Plain);
    private readonly ModelZip _sealed = new(sample.Sealed);
    private readonly ModelZip _otherPlain = new(other.Plain);
    private readonly ModelZip _otherSealed = new(other.Sealed);

    /// <summary>The mutant of a number: each has its own generator, so that one can be made again without those before it.</summary>
    public Mutant Make(int seed, int number)
    {
        var random = new Random(HashCodeOf(seed, number));
        return random.Next(10) switch
        {
            0 or 1 or 2 => FileMutations.Apply(random, sample.Sealed),
            3 or 4 => ArchiveMutations.Apply(random, _sealed, _otherSealed),
            5 => ArchiveMutations.ApplyToOurs(random, _plain, _otherPlain),
            _ => ForgedMutations.Apply(random, _plain, _otherPlain),
        };
    }

    /// <summary>Not HashCode.Combine, which is another in each process.</summary>
    private static int HashCodeOf(int seed, int number) => unchecked((seed * 1_000_003) ^ (number * 16_777_619));
}
