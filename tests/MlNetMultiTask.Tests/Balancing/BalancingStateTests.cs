using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>The states of methods: exported and imported they go on as if nothing had been, and a step without a task leaves what is the task's own.</summary>
public sealed class BalancingStateTests
{
    private static readonly string[] _tasks = ["A", "B", "C", "D"];

    /// <summary>The methods with a state, how many numbers it has for four tasks, and where the learned scalars and other numbers of one task are in it.</summary>
    public static TheoryData<string, int> Stateful => new()
    {
        { "Uncertainty", 16 }, { "ImtlL", 16 }, { "FAMO", 16 }, { "GradNorm", 20 }, { "DynamicWeightAverage", 17 }, { "GradVac", 16 },
    };

    public static TheoryData<string> Stateless => ["Sum", "Fixed", "GeometricMean", "Random", "STCH", "MGDA", "PCGrad", "CAGrad", "ImtlG", "NashMTL", "FairGrad", "AlignedMTL", "UPGrad", "DualProj"];

    [Theory]
    [MemberData(nameof(Stateful))]
    public void An_imported_state_gives_the_same_weights_from_then_on(string method, int length) =>
        Gen.Select(Gen.ULong, Gen.Int[0, 25]).Sample(
            (seed, before) =>
            {
                TaskWeighting whole = Create(method).Start(_tasks);
                var random = new CounterRandom(seed, 0);
                for (int step = 0; step < before; step++)
                {
                    Take(whole, random, 1 + (step / 5));
                }

                double[] state = whole.ExportState();
                Assert.Equal(length, state.Length);
                TaskWeighting resumed = Create(method).Start(_tasks);
                Take(resumed, new CounterRandom(seed + 1, 0), 1);
                resumed.ImportState(state);
                var again = new CounterRandom(seed, 0) { Position = random.Position };
                for (int step = before; step < before + 15; step++)
                {
                    Assert.Equal(Take(whole, random, 1 + (step / 5)), Take(resumed, again, 1 + (step / 5)));
                }

                Assert.Equal(whole.ExportState(), resumed.ExportState());
            },
            iter: 50);

    [Theory]
    [MemberData(nameof(Stateful))]
    public void An_exported_state_is_a_copy_and_so_is_an_imported_one(string method, int length)
    {
        TaskWeighting weighting = Create(method).Start(_tasks);
        var random = new CounterRandom(3, 0);
        double[] state = weighting.ExportState();
        double[] copy = [.. state];
        Take(weighting, random, 1);
        Assert.Equal(copy, state);

        weighting.ImportState(state);
        Take(weighting, random, 1);
        Assert.Equal(copy, state);
        Assert.NotEqual(copy, weighting.ExportState());
        Assert.Equal(length, copy.Length);
    }

    [Theory]
    [MemberData(nameof(Stateful))]
    public void A_state_of_another_length_is_refused_with_both_lengths_and_changes_nothing(string method, int length)
    {
        TaskWeighting weighting = Create(method).Start(_tasks);
        Take(weighting, new CounterRandom(4, 0), 1);
        double[] before = weighting.ExportState();
        foreach (int wrong in new[] { 0, length - 1, length + 1 })
        {
            string message = Assert.Throws<FormatException>(() => weighting.ImportState(new double[wrong])).Message;
            Assert.Contains($"{wrong} numbers", message, StringComparison.Ordinal);
            Assert.Contains($"{length} are needed", message, StringComparison.Ordinal);
        }

        Assert.Equal(before, weighting.ExportState());
    }

    [Theory]
    [MemberData(nameof(Stateless))]
    public void Methods_without_memory_export_nothing_and_refuse_a_state(string method)
    {
        TaskWeighting weighting = Create(method).Start(_tasks);
        Take(weighting, new CounterRandom(5, 0), 1);

        Assert.Empty(weighting.ExportState());
        weighting.ImportState([]);
        Assert.Throws<FormatException>(() => weighting.ImportState([1.0]));
        Assert.Throws<ArgumentNullException>(() => weighting.ImportState(null!));
    }

    [Theory]
    [MemberData(nameof(Stateful))]
    public void A_step_without_a_task_leaves_the_numbers_of_the_task_as_they_are(string method, int length)
    {
        TaskWeighting weighting = Create(method).Start(_tasks);
        var random = new CounterRandom(6, 0);
        for (int step = 0; step < 10; step++)
        {
            Take(weighting, random, 1 + (step / 2));
        }

        double[] before = weighting.ExportState();
        for (int step = 0; step < 10; step++)
        {
            // Of one epoch: a new one would close the mean of the last.
            Take(weighting, random, 5, [0, 2, 3]);
        }

        double[] after = weighting.ExportState();
        bool[] own = [.. Enumerable.Range(0, length).Select(place => BelongsTo(method, place, 1))];
        Assert.Contains(true, own);
        Assert.Equal(before.Where((_, place) => own[place]), after.Where((_, place) => own[place]));
        Assert.NotEqual(before, after);
    }

    [Theory]
    [InlineData("Uncertainty")]
    [InlineData("ImtlL")]
    [InlineData("GradVac")]
    public void Other_tasks_learn_in_a_step_with_a_gap_as_if_the_task_did_not_exist(string method)
    {
        TaskWeighting four = Create(method).Start(_tasks);
        TaskWeighting three = Create(method).Start(["A", "C", "D"]);
        (CounterRandom first, CounterRandom second) = (new(7, 0), new(7, 0));
        for (int step = 0; step < 10; step++)
        {
            Assert.Equal(Take(three, first, 1, [0, 1, 2]), Take(four, second, 1, [0, 2, 3]));
        }
    }

    /// <summary>Whether a number of a state belongs to a task, or to a pair of which it is one.</summary>
    private static bool BelongsTo(string method, int place, int task) => method switch
    {
        "GradVac" => place / 4 == task || place % 4 == task,
        "DynamicWeightAverage" => place > 0 && (place - 1) % 4 == task,
        _ => place % 4 == task,
    };

    private static double[] Take(TaskWeighting weighting, CounterRandom random, int epoch, int[]? present = null)
    {
        int[] tasks = present ?? [.. Enumerable.Range(0, 4).Where(_ => random.NextDouble() < 0.7)];
        tasks = tasks.Length == 0 ? [(int)random.NextBelow(4)] : tasks;
        double[][] rows = [.. tasks.Select(_ => Enumerable.Range(0, 6).Select(_ => random.NextDouble() - 0.4).ToArray())];
        BalancingStep gradients = Steps.OfGradients(rows, random.NextDouble, tasks);
        var step = new BalancingStep
        {
            Tasks = tasks,
            Losses = [.. tasks.Select(_ => 0.1 + random.NextDouble())],
            Norms = [.. rows.Select(Vectors.Length)],
            Gramian = gradients.Gramian,
            Epoch = epoch,
            LearningRate = 0.01,
            NextRandom = random.NextDouble,
        };
        double[] weights = weighting.GetWeights(step);
        weighting.Observe(step, [.. step.Losses.Select(loss => loss * (0.5 + random.NextDouble()))]);
        return weights;
    }

    private static TaskBalancing Create(string method) => method switch
    {
        "Uncertainty" => TaskBalancing.Uncertainty(0.05),
        "ImtlL" => TaskBalancing.ImtlL(),
        "FAMO" => TaskBalancing.FAMO(),
        "GradNorm" => TaskBalancing.GradNorm(),
        "DynamicWeightAverage" => TaskBalancing.DynamicWeightAverage(),
        "GradVac" => TaskBalancing.GradVac(0.2),
        "Sum" => TaskBalancing.Sum(),
        "Fixed" => TaskBalancing.Fixed(("A", 2f)),
        "GeometricMean" => TaskBalancing.GeometricMean(),
        "Random" => TaskBalancing.Random(),
        "STCH" => TaskBalancing.STCH(),
        "MGDA" => TaskBalancing.MGDA(),
        "PCGrad" => TaskBalancing.PCGrad(),
        "CAGrad" => TaskBalancing.CAGrad(),
        "ImtlG" => TaskBalancing.ImtlG(),
        "NashMTL" => TaskBalancing.NashMTL(),
        "FairGrad" => TaskBalancing.FairGrad(),
        "AlignedMTL" => TaskBalancing.AlignedMTL(),
        "UPGrad" => TaskBalancing.UPGrad(),
        "DualProj" => TaskBalancing.DualProj(),
        _ => throw new ArgumentException(method),
    };
}
