using MlNetMultiTask.Fuzz;

namespace MlNetMultiTask.Tests.Persistence;

/// <summary>
/// Damaged, edited and forged model files: each is refused with a clear <see cref="FormatException"/>, or is the same model all the same.
/// The project MlNetMultiTask.Fuzz runs more of them, without end.
/// </summary>
public sealed class HostileFilesTests
{
    private const int Seed = 1;
    private const int Count = 3000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Three_thousand_mutants_are_refused_or_harmless(bool nested)
    {
        var sample = new Sample(seed: 1, nested);
        var mutations = new Mutations(sample, new Sample(seed: 2, nested));
        var judge = new Judge(sample);
        var problems = new List<string>();
        var expectations = new HashSet<Expectation>();
        for (int number = 0; number < Count; number++)
        {
            Mutant mutant = mutations.Make(Seed, number);
            expectations.Add(mutant.Expectation);
            if (judge.FindProblem(mutant) is { } problem)
            {
                problems.Add($"{number} ({mutant.Description}): {problem}");
            }
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
        Assert.Equal(3, expectations.Count);

        // The mutants are worth something: most break the file, and some change what nobody reads.
        Assert.True(judge.Counts.Refused > Count / 2, $"{judge.Counts}");
        Assert.True(judge.Counts.Loaded > Count / 100, $"{judge.Counts}");
    }

    [Fact]
    public void An_unchanged_model_passes_and_another_does_not()
    {
        var sample = new Sample(seed: 1, nested: false);
        var judge = new Judge(sample);

        Assert.Null(judge.FindProblem(new Mutant("none", sample.Sealed, Expectation.RefusedOrTheSame)));
        Assert.Null(judge.FindProblem(new Mutant("none", sample.Plain, Expectation.RefusedOrTheSameByBoth)));
        Assert.Contains("scores otherwise", judge.FindProblem(new Mutant("another", new Sample(seed: 2, nested: false).Plain, Expectation.RefusedOrTheSame)), StringComparison.Ordinal);
    }
}
