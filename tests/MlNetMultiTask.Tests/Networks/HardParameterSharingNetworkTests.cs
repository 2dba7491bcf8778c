using CsCheck;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Hard parameter sharing: what it computes, what it declares of its parameters, and how they begin.</summary>
public sealed class HardParameterSharingNetworkTests
{
    /// <summary>Any small network: no shared layers and linear heads among them.</summary>
    private static readonly Gen<(int Features, int[] Shared, int[] Head, int[] Outputs)> _sizes =
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 7].Array[0, 3], Gen.Int[1, 7].Array[0, 2], Gen.Int[1, 4].Array[1, 4]);

    [Fact]
    public void Outputs_are_those_of_the_plain_network() =>
        Gen.Select(_sizes, Gen.ULong, Gen.Float[-2f, 2f].Array[24]).Sample(
            (sizes, seed, numbers) =>
            {
                using IDisposable scope = torch.NewDisposeScope();
                using MultiTaskNetwork network = Create(sizes, seed);
                int rows = numbers.Length / sizes.Features;
                torch.Tensor features = torch.tensor(numbers[..(rows * sizes.Features)], [rows, sizes.Features]);
                NetworkOutputs outputs = network.Forward(features);
                var plain = new PlainNetwork(sizes.Features, sizes.Shared, sizes.Head, sizes.Outputs);
                double[] parameters = Flatten(network, sizes.Outputs.Length);

                Assert.Equal([rows, sizes.Shared.LastOrDefault(sizes.Features)], outputs.Tap!.shape);
                for (int row = 0; row < rows; row++)
                {
                    double[][] expected = plain.Forward(parameters, [.. numbers.Skip(row * sizes.Features).Take(sizes.Features).Select(number => (double)number)]);
                    for (int task = 0; task < expected.Length; task++)
                    {
                        // Sums of at most 7 products over at most 6 layers, in float32.
                        float[] actual = outputs.Raw[task]![row].data<float>().ToArray();
                        Assert.Equal(expected[task].Length, actual.Length);
                        Assert.All(expected[task].Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * Math.Max(1, Math.Abs(pair.First))));
                    }
                }
            },
            iter: 40,
            threads: 1);

    /// <summary>
    /// Random cotangents, so that every parameter has a gradient of its own; and random biases, since at a bias of 0 behind
    /// a dead layer a ReLU stands on its kink. The seeds are fixed for the same reason.
    /// </summary>
    [Theory]
    [InlineData(3, new[] { 5, 4 }, new[] { 3 }, new[] { 2, 1 })]
    [InlineData(6, new[] { 7 }, new int[0], new[] { 4, 1, 3 })]
    [InlineData(2, new int[0], new[] { 5, 2 }, new[] { 1, 2 })]
    [InlineData(4, new int[0], new int[0], new[] { 3 })]
    public void Gradients_are_those_of_central_differences(int featureCount, int[] shared, int[] head, int[] outputCounts)
    {
        for (uint seed = 1; seed <= 5; seed++)
        {
            using IDisposable scope = torch.NewDisposeScope();
            using MultiTaskNetwork network = Create((featureCount, shared, head, outputCounts), seed);
            var random = new CounterRandom(seed, 99);
            foreach (Parameter parameter in All(network, outputCounts.Length))
            {
                float[] values = new float[parameter.numel()];
                random.FillUniform(values, 0.8f);
                using IDisposable noGradient = torch.no_grad();
                parameter.copy_(torch.tensor(values, parameter.shape));
            }

            float[] features = new float[3 * featureCount];
            random.FillUniform(features, 2f);
            float[][] cotangents = [.. outputCounts.Select(count => new float[3 * count])];
            Array.ForEach(cotangents, values => random.FillUniform(values, 1f));
            NetworkOutputs outputs = network.Forward(torch.tensor(features, [3, featureCount]));
            torch.Tensor total = torch.zeros(1);
            for (int task = 0; task < outputCounts.Length; task++)
            {
                total += (outputs.Raw[task]! * torch.tensor(cotangents[task], [3, outputCounts[task]])).sum();
            }

            total.backward();
            var plain = new PlainNetwork(featureCount, shared, head, outputCounts);
            double[] expected = PlainNetwork.Gradient(Flatten(network, outputCounts.Length), parameters => Enumerable.Range(0, 3).Sum(row =>
            {
                double[][] raw = plain.Forward(parameters, [.. features.Skip(row * featureCount).Take(featureCount).Select(value => (double)value)]);
                return outputCounts.Select((count, task) => raw[task].Select((value, k) => value * cotangents[task][(row * count) + k]).Sum()).Sum();
            }));
            float[] actual = [.. All(network, outputCounts.Length).SelectMany(parameter => parameter.grad!.data<float>().ToArray())];

            // float32 against double: rounding of about 20 operations on numbers of the gradient's scale.
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-6 * expected.Max(Math.Abs)));
        }
    }

    [Fact]
    public void Shared_and_own_parameters_are_all_parameters_and_each_once() =>
        _sizes.Sample(
            sizes =>
            {
                using MultiTaskNetwork network = Create(sizes, 1);
                IntPtr[] declared = [.. All(network, sizes.Outputs.Length).Select(parameter => parameter.Handle)];

                Assert.Equal(declared.Length, declared.Distinct().Count());
                Assert.Equal(network.parameters().Select(parameter => parameter.Handle).Order(), declared.Order());
                Assert.Equal(2 * sizes.Shared.Length, network.SharedParameters.Count);
            },
            iter: 40,
            threads: 1);

    [Fact]
    public void The_number_of_parameters_is_known_before_the_network_is_built() =>
        _sizes.Sample(
            sizes =>
            {
                using MultiTaskNetwork network = Create(sizes, 1);
                long counted = network.parameters().Sum(parameter => parameter.numel());

                Assert.Equal(counted, NetworkKinds.CountParameters(network.Description));
                Assert.Equal(counted, new PlainNetwork(sizes.Features, sizes.Shared, sizes.Head, sizes.Outputs).Count());
            },
            iter: 40,
            threads: 1);

    [Fact]
    public void Only_the_heads_that_are_asked_for_are_computed_and_give_the_same() =>
        Gen.Select(_sizes, Gen.Bool.Array[4]).Sample(
            (sizes, flags) =>
            {
                using IDisposable scope = torch.NewDisposeScope();
                using MultiTaskNetwork network = Create(sizes, 3);
                bool[] active = flags[..sizes.Outputs.Length];
                torch.Tensor features = torch.linspace(-1, 1, 2 * sizes.Features).view(2, sizes.Features);
                NetworkOutputs all = network.Forward(features);
                NetworkOutputs some = network.Forward(features, active);

                Assert.Equal(active.Length, some.Raw.Count);
                Assert.Equal(active, some.Raw.Select(raw => raw is not null));
                Assert.All(all.Raw, Assert.NotNull);
                for (int task = 0; task < active.Length; task++)
                {
                    if (active[task])
                    {
                        Assert.Equal(all.Raw[task]!.data<float>().ToArray(), some.Raw[task]!.data<float>().ToArray());
                    }
                }
            },
            iter: 40,
            threads: 1);

    [Fact]
    public void Output_layers_start_at_the_given_biases_and_hidden_ones_at_0()
    {
        using MultiTaskNetwork network = Create((3, [4], [5], [2, 1]), 1, [[0.5f, -1f], [7f]]);

        Assert.Equal([0.5f, -1f], network.GetTaskParameters(0)[^1].data<float>().ToArray());
        Assert.Equal([7f], network.GetTaskParameters(1)[^1].data<float>().ToArray());
        Assert.All(
            [network.SharedParameters[1], network.GetTaskParameters(0)[1], network.GetTaskParameters(1)[1]],
            bias => Assert.All(bias.data<float>().ToArray(), value => Assert.Equal(0f, value)));
    }

    /// <summary>Uniform within gain √(3 / inputs), gain √2 before a ReLU and 1 at an output: five standard errors of the variance.</summary>
    [Fact]
    public void First_weights_have_the_variance_that_keeps_that_of_activations()
    {
        using MultiTaskNetwork network = Create((50, [400], [], [100]), 5);

        AssertUniform(network.SharedParameters[0], Math.Sqrt(2 * 3.0 / 50));
        AssertUniform(network.GetTaskParameters(0)[0], Math.Sqrt(3.0 / 400));
    }

    [Fact]
    public void First_weights_come_from_the_given_source_alone()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork one = Create((3, [4], [2], [1, 2]), 7);
        using MultiTaskNetwork same = Create((3, [4], [2], [1, 2]), 7);
        using MultiTaskNetwork other = Create((3, [4], [2], [1, 2]), 8);

        Assert.Equal(Flatten(one, 2), Flatten(same, 2));
        Assert.NotEqual(Flatten(one, 2), Flatten(other, 2));
    }

    [Fact]
    public void It_has_no_penalty()
    {
        using MultiTaskNetwork network = Create((2, [3], [], [1]), 1);
        using var flat = new FlatParameters(network.SharedParameters, network.GetTaskParameters(0));
        network.AddPenaltyGradient(flat);

        Assert.All(flat.GradientSpan.ToArray(), gradient => Assert.Equal(0f, gradient));
        Assert.Null(network.GetParameterDistance(flat));
    }

    private static void AssertUniform(Parameter weights, double bound)
    {
        float[] values = weights.data<float>().ToArray();
        double variance = values.Average(value => (double)value * value);

        Assert.All(values, value => Assert.InRange(value, -bound * 1.000001, bound * 1.000001));
        Assert.Equal(bound * bound / 3, variance, 5 * bound * bound * Math.Sqrt((0.2 - (1.0 / 9)) / values.Length));
    }

    private static MultiTaskNetwork Create((int Features, int[] Shared, int[] Head, int[] Outputs) sizes, ulong seed, float[][]? biases = null)
    {
        MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(sizes.Features, sizes.Outputs, sizes.Shared, sizes.Head));
        network.Initialize(new CounterRandom(seed, 1), biases ?? [.. sizes.Outputs.Select((count, task) => Enumerable.Range(0, count).Select(k => (0.1f * task) - (0.05f * k)).ToArray())]);
        return network;
    }

    private static Parameter[] All(MultiTaskNetwork network, int tasks) =>
        [.. network.SharedParameters, .. Enumerable.Range(0, tasks).SelectMany(network.GetTaskParameters)];

    private static double[] Flatten(MultiTaskNetwork network, int tasks) =>
        [.. All(network, tasks).SelectMany(parameter => parameter.detach().data<float>().ToArray()).Select(value => (double)value)];
}
