using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>A network per task on trunks of every kind: rows with labels of some tasks, and the term that keeps trunks close.</summary>
public sealed class SoftSharingTrunkTests
{
    private static readonly int[] _outputs = [2, 1, 2, 1];

    [Theory]
    [MemberData(nameof(NetworkCases.Trunks), MemberType = typeof(NetworkCases))]
    public void Tasks_computed_on_their_rows_are_the_tasks_computed_on_all(string trunk)
    {
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create(trunk);
        torch.Tensor features = torch.tensor(TrunkComparison.Draw(5, 7 * NetworkCases.FeatureCount, 2f), [7, NetworkCases.FeatureCount]);

        // B has no row, C is not there at all, and D has all rows.
        long[]?[] rows = [[0, 3, 6], [], [2], null];
        bool[] active = [true, true, false, true];
        (torch.Tensor?[] Used, float[]?[] Gradients) Run(bool some)
        {
            foreach (Parameter parameter in network.parameters())
            {
                parameter.grad?.zero_();
            }

            IReadOnlyList<torch.Tensor?> raw = some ? network.ForwardRows(features, active, rows).Raw : network.Forward(features, active).Raw;
            Assert.All(raw.Index().Where(task => active[task.Index]), task => Assert.Equal([7, _outputs[task.Index]], task.Item!.shape));
            torch.Tensor[] used = [.. Enumerable.Range(0, 4).Where(i => active[i]).Select(i => rows[i] is { } own ? raw[i]!.index_select(0, torch.tensor(own)) : raw[i]!)];
            used.Aggregate(torch.zeros(1), (sum, tensor) => sum.Plus(tensor.Squared().sum())).backward();
            return ([.. used, raw[2]], [.. network.parameters().Select(parameter => parameter.grad?.data<float>().ToArray())]);
        }

        (torch.Tensor?[] expected, float[]?[] gradients) = Run(some: false);
        (torch.Tensor?[] actual, float[]?[] actualGradients) = Run(some: true);

        Assert.Null(expected[^1]);
        Assert.Null(actual[^1]);
        Assert.All(expected.SkipLast(1).Zip(actual), pair => AssertAlike(Numbers(pair.First!), Numbers(pair.Second!)));
        Assert.All(gradients.Zip(actualGradients), pair => AssertAlike(pair.First ?? [], pair.Second ?? []));
        Assert.Contains(gradients, gradient => gradient?.Any(value => value != 0) == true);
    }

    [Theory]
    [MemberData(nameof(NetworkCases.Trunks), MemberType = typeof(NetworkCases))]
    public void The_penalty_has_the_gradient_of_the_sum_over_pairs(string trunk)
    {
        const double Strength = 0.37;
        foreach (SharingScope scope in Enum.GetValues<SharingScope>())
        {
            using SoftParameterSharingNetwork network = Create(trunk);
            network.KeepClose(Strength, scope, null);
            Parameter[][] own = [.. _outputs.Select((_, task) => network.GetTaskParameters(task).ToArray())];
            using var flat = new FlatParameters([], [.. own.SelectMany(parameters => parameters)]);
            int ofTrunk = network.GetTaskParameters(0).Count - 4;
            network.AddPenaltyGradient(flat);
            double distance = 0;
            for (int i = 0; i < own.Length; i++)
            {
                for (int p = 0; p < own[i].Length; p++)
                {
                    float[] values = flat.GetValues(own[i][p]).ToArray();
                    double[] gradient = new double[values.Length];
                    foreach (int j in Enumerable.Range(0, own.Length).Where(j => j != i && (p < ofTrunk || (scope == SharingScope.TrunkAndHeads && _outputs[i] == _outputs[j]))))
                    {
                        double[] differences = [.. values.Zip(flat.GetValues(own[j][p]).ToArray(), (one, other) => (double)one - other)];
                        distance += differences.Sum(difference => difference * difference) / 2;
                        gradient = [.. gradient.Zip(differences, (sum, difference) => sum + (2 * Strength * difference))];
                    }

                    AssertAlike([.. gradient.Select(value => (float)value)], flat.GetGradients(own[i][p]).ToArray());
                }
            }

            Assert.Equal(distance, network.GetParameterDistance(flat)!.Value, 1e-6 * distance);
        }
    }

    private static float[] Numbers(torch.Tensor tensor) => tensor.numel() == 0 ? [] : tensor.contiguous().data<float>().ToArray();

    /// <summary>Of sums of some hundred products in single precision, in another order.</summary>
    private static void AssertAlike(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float scale = Math.Max(1f, expected.Select(Math.Abs).DefaultIfEmpty(0f).Max());
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5f * scale));
    }

    /// <summary>With one hidden layer and an output, a head has four tensors.</summary>
    private static SoftParameterSharingNetwork Create(string trunk)
    {
        var hidden = new HiddenLayers(Activation.Tanh, false);
        var network = (SoftParameterSharingNetwork)NetworkKinds.Create(SoftParameterSharingNetwork.Describe(
            NetworkCases.FeatureCount, _outputs, NetworkCases.GetTrunk(trunk).Describe(NetworkCases.FeatureCount), [4], hidden));
        TrunkComparison.Move(network, 3);
        return network;
    }
}
