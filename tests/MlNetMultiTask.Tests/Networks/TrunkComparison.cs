using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>A trunk below the heads of a hard-sharing network, beside the same in plain arithmetic.</summary>
/// <param name="trunk">The trunk.</param>
/// <param name="featureCount">The number of features.</param>
/// <param name="hidden">What hidden layers are made of.</param>
/// <param name="plain">The trunk's output for a row, in plain arithmetic.</param>
internal sealed class TrunkComparison(Trunk trunk, int featureCount, HiddenLayers hidden, Func<PlainParameters, double[], double[]> plain)
{
    private const int Rows = 3;

    private static readonly int[] _head = [3];
    private static readonly int[] _outputs = [2, 1];

    /// <summary>Outputs of the trunk and of the heads on it, for random parameters and features.</summary>
    /// <param name="seed">Of the random numbers.</param>
    /// <param name="tolerance">Of the error, relative to numbers above 1.</param>
    public void CheckOutputs(ulong seed, double tolerance)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = Create(seed);
        float[] features = Draw(seed, Rows * featureCount, 2f);
        NetworkOutputs outputs = network.Forward(torch.tensor(features, [Rows, featureCount]));
        double[] parameters = Flatten(network);
        for (int row = 0; row < Rows; row++)
        {
            (double[] tap, double[][] raw) = Compute(parameters, features, row);
            AssertAlike(tap, outputs.Tap![row], tolerance);
            Assert.All(raw.Zip(outputs.Raw), pair => AssertAlike(pair.First, pair.Second![row], tolerance));
        }
    }

    /// <summary>Gradients of a random weighting of all outputs, against central differences. Seeds are fixed by the caller, since at a kink there is no gradient.</summary>
    public void CheckGradients(ulong seed, double tolerance)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = Create(seed);
        float[] features = Draw(seed, Rows * featureCount, 2f);
        float[][] cotangents = [.. _outputs.Select((count, task) => Draw(seed + 100 + (ulong)task, Rows * count, 1f))];
        NetworkOutputs outputs = network.Forward(torch.tensor(features, [Rows, featureCount]));
        torch.Tensor total = torch.zeros(1);
        for (int task = 0; task < _outputs.Length; task++)
        {
            total += (outputs.Raw[task]! * torch.tensor(cotangents[task], [Rows, _outputs[task]])).sum();
        }

        total.backward();
        double[] expected = PlainNetwork.Gradient(Flatten(network), parameters => Enumerable.Range(0, Rows).Sum(row =>
            Compute(parameters, features, row).Raw.Select((raw, task) => raw.Select((value, k) => value * cotangents[task][(row * raw.Length) + k]).Sum()).Sum()));
        float[] actual = [.. All(network).SelectMany(parameter => parameter.grad!.data<float>().ToArray())];

        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance * expected.Max(Math.Abs)));
    }

    /// <summary>What is known of the trunk without building it.</summary>
    public void CheckCounts()
    {
        TrunkDescription description = trunk.Describe(featureCount);
        using LayerStack stack = TrunkKinds.Create(description, featureCount, hidden);

        Assert.Equal(stack.parameters().Sum(parameter => parameter.numel()), TrunkKinds.Measure(description, featureCount, hidden).Numbers);
        Assert.Equal(stack.OutputWidth, TrunkKinds.GetOutputWidth(description, featureCount));
        Assert.Equal(stack.parameters().Select(parameter => parameter.Handle).Order(), stack.Parameters.Select(parameter => parameter.Handle).Order());
    }

    /// <summary>Gives all parameters random values: so that biases and gains count, and no unit stands on its kink.</summary>
    public static void Move(MultiTaskNetwork network, ulong seed)
    {
        using IDisposable noGradient = torch.no_grad();
        var random = new CounterRandom(seed, 99);
        foreach (Parameter parameter in network.parameters())
        {
            float[] values = new float[parameter.numel()];
            random.FillUniform(values, 0.8f);
            using torch.Tensor tensor = torch.tensor(values, parameter.shape);
            parameter.copy_(tensor);
        }
    }

    public static float[] Draw(ulong seed, int count, float bound)
    {
        float[] values = new float[count];
        new CounterRandom(seed, 98).FillUniform(values, bound);
        return values;
    }

    private static void AssertAlike(double[] expected, torch.Tensor row, double tolerance)
    {
        float[] actual = row.detach().data<float>().ToArray();

        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance * Math.Max(1, Math.Abs(pair.First))));
    }

    private static Parameter[] All(MultiTaskNetwork network) => [.. network.SharedParameters, .. _outputs.SelectMany((_, task) => network.GetTaskParameters(task))];

    private static double[] Flatten(MultiTaskNetwork network) => [.. All(network).SelectMany(parameter => parameter.detach().data<float>().ToArray()).Select(value => (double)value)];

    private MultiTaskNetwork Create(ulong seed)
    {
        MultiTaskNetwork network = NetworkKinds.Create(HardParameterSharingNetwork.Describe(featureCount, _outputs, trunk.Describe(featureCount), _head, hidden));
        Move(network, seed);
        return network;
    }

    private (double[] Tap, double[][] Raw) Compute(double[] parameters, float[] features, int row)
    {
        var reader = new PlainParameters(parameters);
        double[] tap = plain(reader, [.. features.Skip(row * featureCount).Take(featureCount).Select(value => (double)value)]);
        double[][] raw = [.. _outputs.Select(count => PlainLayers.Dense(reader, tap, _head, count, hidden.Activation, hidden.LayerNormalization))];
        Assert.True(reader.AreAllTaken);
        return (tap, raw);
    }
}
