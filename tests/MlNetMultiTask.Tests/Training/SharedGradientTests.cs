using MlNetMultiTask.Tests.Contracts;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The tasks' gradients of what they share, of the parameters and of the representation, against plain backward passes of every kind of network.</summary>
public sealed class SharedGradientTests
{
    private static readonly double[] _ones = [1, 1, 1, 1, 1];
    private static readonly double[] _weights = [0.5, 2, 0, 1, 3.25];

    [Theory]
    [MemberData(nameof(GradientCases.Modes), MemberType = typeof(GradientCases))]
    public void Combined_evenly_they_are_the_backward_pass_of_the_sum(string network, BalancedGradients mode)
    {
        using GradientStep step = Create(network, mode);
        step.Engine.Backward(_ones);
        double[] expected = [.. step.Gradients.Select(value => (double)value)];
        step.Renew();
        step.Engine.ComputeSharedGramian(keepsGraph: false);
        step.Engine.CombineSharedGradients(_ones);

        AssertClose(expected, step.Gradients, 1e-6);
        Assert.Contains(expected[..step.SharedCount], value => value != 0);
    }

    [Theory]
    [MemberData(nameof(GradientCases.Modes), MemberType = typeof(GradientCases))]
    public void Weights_act_on_what_is_shared_and_neither_on_the_tasks_own_nor_on_penalties(string network, BalancedGradients mode)
    {
        using GradientStep step = Create(network, mode);
        double[] expected = step.Expect(_weights);
        bool hasPenalty = step.PlainPenalty().Any(value => Math.Abs(value) > 1e-4);
        step.Engine.ComputeSharedGramian(keepsGraph: false);
        step.Engine.CombineSharedGradients(_weights);

        Assert.Equal(network.StartsWith("experts, two", StringComparison.Ordinal) || network == "joint", hasPenalty);
        AssertClose(expected, step.Gradients, 2e-6);
    }

    [Theory]
    [MemberData(nameof(GradientCases.All), MemberType = typeof(GradientCases))]
    public void Their_products_are_those_of_plain_gradients_without_penalties(string network)
    {
        using GradientStep step = Create(network, BalancedGradients.OfParameters);
        double[][] jacobian = [.. Enumerable.Range(0, 5).Select(task => step.Plain(task).Take(step.SharedCount).Select(value => (double)value).ToArray())];
        double[,] gramian = step.Engine.ComputeSharedGramian(keepsGraph: false);

        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                double size = Math.Sqrt(jacobian[i].Sum(a => a * a) * jacobian[j].Sum(b => b * b));
                Assert.True(size > 0);
                Assert.Equal(jacobian[i].Zip(jacobian[j], (a, b) => a * b).Sum(), gramian[i, j], 2e-6 * size);
            }
        }
    }

    [Theory]
    [MemberData(nameof(GradientCases.Modes), MemberType = typeof(GradientCases))]
    public void Comparing_before_a_backward_pass_does_not_change_a_bit_of_it(string network, BalancedGradients mode)
    {
        using GradientStep step = Create(network, mode);
        step.Engine.Backward(_weights);
        float[] expected = step.Gradients;
        step.Renew();
        double[,] first = step.Engine.ComputeSharedGramian(keepsGraph: true);
        double[,] second = step.Engine.ComputeSharedGramian(keepsGraph: true);
        step.Engine.Backward(_weights);

        Assert.Equal(expected, step.Gradients);
        Assert.Equal(first, second);
    }

    [Theory]
    [MemberData(nameof(GradientCases.All), MemberType = typeof(GradientCases))]
    public void Norms_are_those_of_plain_gradients_at_the_last_shared_layer(string network)
    {
        using GradientStep step = Create(network, BalancedGradients.Automatic);
        double[] expected = [.. Enumerable.Range(0, 5).Select(task =>
        {
            step.Plain(task);
            return Math.Sqrt(step.Network.LastSharedParameters.Sum(Squares));
        })];
        step.Engine.Backward(_ones);
        float[] gradient = step.Gradients;
        step.Renew();
        double[] norms = step.Engine.ComputeNorms();
        step.Engine.Backward(_ones);

        Assert.All(expected.Zip(norms), pair =>
        {
            Assert.True(pair.First > 0);
            Assert.Equal(pair.First, pair.Second, 2e-6 * pair.First);
        });
        Assert.Equal(gradient, step.Gradients);

        double Squares(Parameter parameter) => step.Engine.Parameters.GetGradients(parameter).ToArray().Sum(value => (double)value * value);
    }

    [Theory]
    [InlineData("hard", BalancedGradients.OfParameters)]
    [InlineData("hard", BalancedGradients.OfRepresentation)]
    [InlineData("experts, two of three", BalancedGradients.OfRepresentation)]
    [InlineData("joint", BalancedGradients.OfParameters)]
    public void Heads_learn_as_ever_whatever_method_weighs_the_shared_gradients(string network, BalancedGradients mode) =>
        Assert.All(BalancingMethods.OnGradients, method =>
        {
            using GradientStep step = Create(network, mode);
            double[] weights = step.Balance(BalancingMethods.Create(method));
            float[] actual = step.Gradients;
            double[] expected = step.Expect(weights);

            Assert.Contains(weights, weight => weight is not 0 and not 1);
            AssertClose(expected[..step.SharedCount], actual[..step.SharedCount], 3e-6);
            AssertClose(expected[step.SharedCount..], actual[step.SharedCount..], 3e-6);
        });

    [Theory]
    [InlineData("hard", BalancedGradients.OfParameters)]
    [InlineData("hard", BalancedGradients.OfRepresentation)]
    [InlineData("experts, one gate", BalancedGradients.OfRepresentation)]
    public void Where_all_other_tasks_lack_labels_the_update_is_that_of_the_one(string network, BalancedGradients mode)
    {
        const int Only = 3;
        var rows = new TrainingRows(10);
        foreach (int task in (int[])[0, 1, 2, 4])
        {
            Array.Fill(rows.Labels[task], float.NaN, 0, 5 * rows.Widths[task]);
        }

        float[] Update(Action<GradientStep> balance, bool before = false)
        {
            using var step = new GradientStep(rows, GradientCases.Create(network, rows), mode, batchSize: 5);
            Assert.Equal([false, false, false, true, false], step.Losses.Present);
            if (!before)
            {
                balance(step);
                step.Engine.Update(0.1);
            }

            return step.Engine.ExportParameters();
        }

        float[] start = Update(_ => { }, before: true);
        float[] expected = Update(step => step.Engine.Backward([0, 0, 0, 1, 0]));
        Assert.NotEqual(start, expected);
        Assert.All(BalancingMethods.All.Except(["Uncertainty", "CAGrad", "NashMTL", "FairGrad"]), method => Assert.All(
            expected.Zip(Update(step => Assert.Equal(1, step.Balance(BalancingMethods.Create(method))[Only], 1e-9))), pair => Assert.Equal(pair.First, pair.Second, 1e-6f)));
    }

    [Fact]
    public void PCGrad_projects_the_whole_shared_vector_and_not_tensor_by_tensor()
    {
        (GradientStep step, double[] first, double[] second) = FindConflict();
        using (step)
        {
            step.Balance(TaskBalancing.PCGrad());
            float[] actual = step.Gradients[..step.SharedCount];

            // The gaps between tensors are zeros, so that tensors may be cut where they begin.
            int[] cuts = [.. step.Network.SharedParameters.Select(parameter => FindStart(step, parameter)), step.SharedCount];
            double[] whole = Project(first, second);
            double[] byTensor = [.. step.Network.SharedParameters.SelectMany((_, i) => Project(first[cuts[i]..cuts[i + 1]], second[cuts[i]..cuts[i + 1]]))];

            AssertClose(whole, actual, 3e-6);
            Assert.Contains(whole.Zip(byTensor), pair => Math.Abs(pair.First - pair.Second) > 0.05 * whole.Max(Math.Abs));
        }
    }

    [Fact]
    public void Losses_after_an_update_leave_what_the_step_tells()
    {
        using GradientStep step = Create("experts, two of three", BalancedGradients.Automatic);
        torch.Tensor?[] outputs = [.. step.Engine.Outputs];
        torch.Tensor?[] gates = [.. step.Engine.GateWeights];
        step.Engine.Backward(_ones);
        step.Engine.Update(0.1);
        IReadOnlyList<double> after = step.Engine.ComputeLossesAfterUpdate(step.Batch);

        Assert.Equal(5, outputs.Length);
        Assert.Equal(5, gates.Length);
        Assert.All(outputs.Zip(step.Engine.Outputs), pair => Assert.Same(pair.First, pair.Second));
        Assert.All(gates.Zip(step.Engine.GateWeights), pair => Assert.Same(pair.First, pair.Second));
        Assert.NotEqual(step.Losses.Losses, after);
        step.Renew();
        Assert.Equal(step.Losses.Losses, after);
    }

    [Fact]
    public void A_batch_whose_losses_are_computed_after_the_update_counts_once_in_running_statistics()
    {
        using GradientStep step = Create("custom", BalancedGradients.Automatic);
        step.Engine.Backward(_ones);
        step.Engine.Update(0.1);
        float before = step.Engine.ExportParameters()[^1];
        step.Engine.ComputeLossesAfterUpdate(step.Batch);
        Assert.Equal(before, step.Engine.ExportParameters()[^1]);
        step.Renew();
        Assert.Equal(before + 1, step.Engine.ExportParameters()[^1]);
    }

    private static GradientStep Create(string network, BalancedGradients mode)
    {
        TrainingRows rows = GradientStep.CreateRows();
        return new GradientStep(rows, GradientCases.Create(network, rows), mode);
    }

    /// <summary>A network and a batch in which two tasks have labels, and pull against one another.</summary>
    private static (GradientStep Step, double[] First, double[] Second) FindConflict()
    {
        for (uint seed = 1; seed < 100; seed++)
        {
            var rows = new TrainingRows(10, seed);
            foreach (int task in (int[])[0, 1, 4])
            {
                Array.Fill(rows.Labels[task], float.NaN, 0, 5 * rows.Widths[task]);
            }

            var step = new GradientStep(rows, rows.CreateNetwork(seed), BalancedGradients.OfParameters, batchSize: 5);
            double[][] gradients = [.. ((int[])[2, 3]).Select(task => step.Plain(task).Take(step.SharedCount).Select(value => (double)value).ToArray())];
            if (Dot(gradients[0], gradients[1]) < -0.3 * Math.Sqrt(Dot(gradients[0], gradients[0]) * Dot(gradients[1], gradients[1])))
            {
                return (step, gradients[0], gradients[1]);
            }

            step.Dispose();
        }

        throw new InvalidOperationException("No seed gives a conflict.");
    }

    private static int FindStart(GradientStep step, Parameter parameter)
    {
        step.Engine.Parameters.GradientSpan.Clear();
        step.Engine.Parameters.GetGradients(parameter).Fill(1);
        return Array.IndexOf(step.Gradients, 1f);
    }

    /// <summary>The sum of two gradients, each without what opposes the other.</summary>
    private static double[] Project(double[] first, double[] second)
    {
        double product = Math.Min(0, Dot(first, second));
        (double ofFirst, double ofSecond) = (1 - (product / Math.Max(Dot(first, first), 1e-300)), 1 - (product / Math.Max(Dot(second, second), 1e-300)));
        return [.. first.Zip(second, (a, b) => (ofFirst * a) + (ofSecond * b))];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance * scale));
    }
}
