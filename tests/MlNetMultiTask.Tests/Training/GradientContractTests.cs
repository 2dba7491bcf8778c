using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>
/// The contract of missing labels: whatever share of them is known, the gradient that training follows is on average
/// that of the mean over the labelled rows, and so of all rows where those are a fair sample. The oracle is a plain
/// network in double precision with central differences; the engine computes in float32, and sums tens of rows.
/// </summary>
public sealed class GradientContractTests
{
    /// <summary>Relative to the largest component of the gradient.</summary>
    private const double Tolerance = 5e-6;

    private static readonly double[] _shares = [0.35, 0.02, 0.68, 1, 0.2];

    public static TheoryData<int> EveryTask => [0, 1, 2, 3, 4];

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(64, true)]
    [InlineData(150, false)]
    public void The_batches_of_an_epoch_add_up_to_the_gradient_of_the_mean_over_labelled_rows(int batchSize, bool weights)
    {
        var rows = new TrainingRows(150, weights: weights);
        for (int task = 0; task < rows.Tasks.Length; task++)
        {
            // 2% of the labels of one task, and 35%, 68%, all and 20% of the others; of vectors, slot by slot.
            Hide(rows, task, 10 + (uint)task, _shares[task]);
        }

        AssertSame(rows, parameters => rows.Objective(parameters), EpochGradient(rows, batchSize));
    }

    /// <summary>2% of the labels, at random, of one task; the other tasks have all of theirs.</summary>
    [Theory]
    [MemberData(nameof(EveryTask))]
    public void With_2_percent_of_the_labels_of_one_task_the_gradient_is_that_of_the_known_ones(int task)
    {
        var rows = new TrainingRows(200);
        Hide(rows, task, 3, 0.02);

        AssertSame(rows, parameters => rows.Objective(parameters), EpochGradient(rows, 32));
    }

    /// <summary>
    /// All masks that leave one row of fifty, 2%: the mean of their gradients is exactly that of the data with all labels,
    /// and so is that of random masks on average.
    /// </summary>
    [Theory]
    [MemberData(nameof(EveryTask))]
    public void The_average_over_all_masks_of_2_percent_is_the_gradient_of_the_full_data(int task)
    {
        var full = new TrainingRows(50);
        double[] average = new double[full.Plain.Count()];
        for (int known = 0; known < full.RowCount; known++)
        {
            var rows = new TrainingRows(50);
            int width = rows.Widths[task];
            for (int i = 0; i < rows.Labels[task].Length; i++)
            {
                if (i / width != known)
                {
                    rows.Labels[task][i] = float.NaN;
                }
            }

            double[] gradient = EpochGradient(rows, 16);
            for (int i = 0; i < average.Length; i++)
            {
                average[i] += gradient[i] / full.RowCount;
            }
        }

        AssertSame(full, parameters => full.Objective(parameters), average);
    }

    /// <summary>Random masks, each slot of each row known with probability a third: five standard errors, per component.</summary>
    [Fact]
    public void The_average_over_random_masks_comes_near_the_gradient_of_the_full_data()
    {
        const int Masks = 150;
        var full = new TrainingRows(60);
        double[] expected = Expected(full, parameters => full.Objective(parameters));
        double[] sum = new double[expected.Length];
        double[] squares = new double[expected.Length];
        for (uint mask = 0; mask < Masks; mask++)
        {
            var rows = new TrainingRows(60);
            for (int task = 0; task < rows.Tasks.Length; task++)
            {
                Hide(rows, task, 1000 + (mask * 8) + (uint)task, 1.0 / 3, keepFirst: false);
            }

            double[] gradient = EpochGradient(rows, 60);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += gradient[i];
                squares[i] += gradient[i] * gradient[i];
            }
        }

        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < sum.Length; i++)
        {
            double mean = sum[i] / Masks;
            double error = Math.Sqrt(Math.Max(0, (squares[i] / Masks) - (mean * mean)) / Masks);
            Assert.Equal(expected[i], mean, (5 * error) + (Tolerance * scale));
        }
    }

    /// <summary>Of eight rows four have labels: a batch with one of them counts a quarter of one with all four.</summary>
    [Theory]
    [MemberData(nameof(EveryTask))]
    public void A_lone_label_in_a_batch_does_not_weigh_like_a_full_batch(int task)
    {
        var rows = new TrainingRows(8);
        int width = rows.Widths[task];
        // The same row four times, so that its loss is the same number; then four rows without a label.
        for (int row = 0; row < 8; row++)
        {
            rows.Features.AsSpan(0, TrainingRows.FeatureCount).CopyTo(rows.Features.AsSpan(row * TrainingRows.FeatureCount));
            for (int slot = 0; slot < width; slot++)
            {
                rows.Labels[task][(row * width) + slot] = row < 4 ? rows.Labels[task][slot] : float.NaN;
            }
        }

        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = rows.CreateNetwork();
        using InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares);
        double[] only = [.. rows.Tasks.Select((_, i) => i == task ? 1.0 : 0.0)];
        (double fullLoss, float[] full) = Step(engine, source, [0, 1, 2, 3], only, task);
        (double loneLoss, float[] lone) = Step(engine, source, [0, 5, 6, 7], only, task);

        Assert.Equal(0.5, source.LabelledShares[task]);
        Assert.Equal(fullLoss / 4, loneLoss, 1e-6 * fullLoss);
        Assert.Contains(full, value => value != 0);
        Assert.All(full.Zip(lone), pair => Assert.Equal(pair.First / 4.0, pair.Second, 1e-6 * full.Max(Math.Abs)));
    }

    [Fact]
    public void Slots_weigh_the_same_however_few_of_their_labels_are_known()
    {
        var rows = new TrainingRows(40);
        const int Vector = 3;
        // One label in the first slot, all in the second.
        for (int row = 1; row < 40; row++)
        {
            rows.Labels[Vector][row * 2] = float.NaN;
        }

        AssertSame(rows, parameters => rows.Objective(parameters), EpochGradient(rows, 8));
    }

    [Fact]
    public void A_slot_without_any_label_takes_nothing_from_the_others()
    {
        var rows = new TrainingRows(20);
        var without = new TrainingRows(20);
        const int Set = 4;
        for (int row = 0; row < 20; row++)
        {
            rows.Labels[Set][(row * 3) + 1] = float.NaN;
            without.Labels[Set][(row * 3) + 1] = float.NaN;
        }

        using IDisposable scope = torch.NewDisposeScope();
        using InMemoryBatchSource source = rows.OpenSource();
        using IBatchReader reader = source.Open(20, null);
        float[] slotWeights = reader.Read()!.Targets[Set].SlotWeights!.data<float>().ToArray();

        Assert.Equal(Enumerable.Repeat(new[] { 0.5f, 0f, 0.5f }, 20).SelectMany(weights => weights), slotWeights);
        AssertSame(without, parameters => without.Objective(parameters), EpochGradient(rows, 6));
    }

    private static void Hide(TrainingRows rows, int task, uint seed, double share, bool keepFirst = true)
    {
        var random = new CounterRandom(seed, 77);
        float[] labels = rows.Labels[task];
        for (int i = 0; i < labels.Length; i++)
        {
            // Where few are known, one label stays in any case, so that no task is without.
            if (random.NextDouble() >= share && !(keepFirst && i == 0))
            {
                labels[i] = float.NaN;
            }
        }
    }

    /// <summary>Σ over the batches of an epoch of B/N times the engine's gradient.</summary>
    private static double[] EpochGradient(TrainingRows rows, int batchSize)
    {
        using MultiTaskNetwork network = rows.CreateNetwork();
        using InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares);
        double[] weights = [.. rows.Tasks.Select(_ => 1.0)];
        double[] sum = new double[engine.Parameters.Gradients.numel()];
        using IBatchReader reader = source.Open(batchSize, new CounterRandom(9, 9).NextPermutation);
        while (true)
        {
            using IDisposable scope = torch.NewDisposeScope();
            if (reader.Read() is not { } batch)
            {
                return sum;
            }

            engine.ComputeLosses(batch);
            engine.Backward(weights);
            float[] gradient = engine.Parameters.Gradients.data<float>().ToArray();
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += gradient[i] * ((double)batch.RowCount / rows.RowCount);
            }
        }
    }

    private static (double Loss, float[] Gradient) Step(TorchEngine engine, InMemoryBatchSource source, long[] order, double[] weights, int task)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using IBatchReader reader = source.Open(order.Length, _ => [.. order, .. Enumerable.Repeat(0L, source.RowCount - order.Length)]);
        StepLosses losses = engine.ComputeLosses(reader.Read()!);
        engine.Backward(weights);
        return (losses.Losses[task], engine.Parameters.Gradients.data<float>().ToArray());
    }

    private static double[] Expected(TrainingRows rows, Func<double[], double> function)
    {
        using MultiTaskNetwork network = rows.CreateNetwork();
        using var engine = new TorchEngine(network, rows.Tasks, [.. rows.Tasks.Select(_ => 1.0)]);
        return PlainNetwork.Gradient([.. engine.Export().Parameters.Select(value => (double)value)], function);
    }

    private static void AssertSame(TrainingRows rows, Func<double[], double> function, double[] actual)
    {
        double[] expected = Expected(rows, function);
        double scale = expected.Max(Math.Abs);

        Assert.True(scale > 0.01);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance * scale));
    }
}
