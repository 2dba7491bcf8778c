using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>A network per task: the term that keeps them close, and the tasks computed together.</summary>
public sealed class SoftParameterSharingNetworkTests
{
    private static readonly int[] _outputs = [2, 1, 2, 1];
    private static readonly PredictionTask[] _tasks = [.. "ABCD".Select(name => PredictionTask.Regression(name.ToString()))];

    public static TheoryData<string, SharingScope> Sharings => new()
    {
        { "all", SharingScope.Trunk },
        { "all", SharingScope.TrunkAndHeads },
        { "groups", SharingScope.TrunkAndHeads },
        { "groups apart", SharingScope.Trunk },
        { "pairs", SharingScope.Trunk },
        { "pairs", SharingScope.TrunkAndHeads },
    };

    public static TheoryData<Activation, bool> Layers
    {
        get
        {
            var data = new TheoryData<Activation, bool>();
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                data.Add(activation, false);
                data.Add(activation, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sharings))]
    public void The_penalty_has_the_gradient_of_the_sum_over_pairs(string graph, SharingScope scope)
    {
        const double Strength = 0.37;
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([5, 3], [4]);
        double[,]? weights = Graph(graph)?.GetWeights(_tasks);
        network.KeepClose(Strength, scope, weights);
        Move(network);
        Parameter[][] parameters = [.. Enumerable.Range(0, 4).Select(task => network.GetTaskParameters(task).ToArray())];
        using FlatParameters flat = Flatten(network);
        float[][][] values = [.. parameters.Select(own => own.Select(parameter => flat.GetValues(parameter).ToArray()).ToArray())];
        network.AddPenaltyGradient(flat);
        float[][][] gradients = [.. parameters.Select(own => own.Select(parameter => flat.GetGradients(parameter).ToArray()).ToArray())];

        // The written formula in double precision; parameters of the trunk come first among a task's own.
        double Sum(double[,]? weigh)
        {
            double sum = 0;
            for (int i = 0; i < 4; i++)
            {
                for (int j = i + 1; j < 4; j++)
                {
                    for (int p = 0; p < values[i].Length; p++)
                    {
                        bool shared = p < values[i].Length / 2 || (scope == SharingScope.TrunkAndHeads && _outputs[i] == _outputs[j]);
                        sum += shared ? (weigh?[i, j] ?? 1) * values[i][p].Zip(values[j][p], (x, y) => Math.Pow((double)x - y, 2)).Sum() : 0;
                    }
                }
            }

            return sum;
        }

        Assert.Equal(Sum(null), network.GetParameterDistance(flat)!.Value, 1e-9 * Sum(null));
        Assert.Contains(gradients[0][0], gradient => gradient != 0);
        const float Step = 1f / 64;
        for (int i = 0; i < 4; i++)
        {
            for (int p = 0; p < values[i].Length; p++)
            {
                for (int k = 0; k < values[i][p].Length; k++)
                {
                    // A quadratic: central differences are exact but for rounding.
                    float at = values[i][p][k];
                    values[i][p][k] = at + Step;
                    double above = Sum(weights);
                    values[i][p][k] = at - Step;
                    double expected = Strength * (above - Sum(weights)) / (2 * Step);
                    values[i][p][k] = at;

                    Assert.Equal(expected, gradients[i][p][k], 1e-5 * Math.Max(1, Math.Abs(expected)));
                }
            }
        }
    }

    [Theory]
    [InlineData("all")]
    [InlineData("groups")]
    [InlineData("pairs")]
    public void Networks_that_are_close_have_exact_gradients_however_large_their_parameters(string graph)
    {
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([5], []);
        double[,]? weights = Graph(graph)?.GetWeights(_tasks);
        network.KeepClose(1, SharingScope.Trunk, weights);
        double[] offsets = [0, Math.Pow(2, -10), Math.Pow(2, -8), -Math.Pow(2, -9)];
        using (torch.no_grad())
        {
            // In single precision the squares of 1000 hide these differences, and their mean lies between two numbers.
            for (int task = 0; task < 4; task++)
            {
                network.GetTaskParameters(task)[1].copy_(torch.full(5, (float)(1000 + offsets[task])));
            }
        }

        Parameter[] biases = [.. Enumerable.Range(0, 4).Select(task => network.GetTaskParameters(task)[1])];
        using FlatParameters flat = Flatten(network);
        network.AddPenaltyGradient(flat);

        for (int i = 0; i < 4; i++)
        {
            double expected = Enumerable.Range(0, 4).Sum(j => 2 * (i == j ? 0 : weights?[i, j] ?? 1) * (offsets[i] - offsets[j]));
            Assert.All(flat.GetGradients(biases[i]).ToArray(), gradient => Assert.Equal(expected, gradient, 1e-8));
        }
    }

    [Fact]
    public void Without_strength_nothing_pulls_and_without_partners_neither()
    {
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([3], []);
        Move(network);
        using FlatParameters flat = Flatten(network);
        Assert.Null(network.GetParameterDistance(flat));
        network.KeepClose(0, SharingScope.TrunkAndHeads, null);
        network.AddPenaltyGradient(flat);
        Assert.True(network.GetParameterDistance(flat) > 0);
        network.KeepClose(1, SharingScope.TrunkAndHeads, TaskGraph.Pairs(("A", "B", 0)).GetWeights(_tasks));
        network.AddPenaltyGradient(flat);

        Assert.All(flat.GradientSpan.ToArray(), gradient => Assert.Equal(0f, gradient));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Tasks_computed_together_on_their_rows_are_the_tasks_computed_one_by_one(Activation activation, bool normalization)
    {
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([6, 5], [4], new HiddenLayers(activation, normalization));
        Move(network);
        float[] numbers = new float[7 * 3];
        new CounterRandom(5, 5).FillUniform(numbers, 2f);
        torch.Tensor features = torch.tensor(numbers, [7, 3]);

        // B is not there at all, and D has all rows.
        long[]?[] rows = [[0, 3, 6], [], [2], null];
        bool[] active = [true, false, true, true];
        torch.Tensor?[] Run(bool together)
        {
            foreach (Parameter parameter in network.parameters())
            {
                parameter.grad?.zero_();
            }

            IReadOnlyList<torch.Tensor?> raw = together ? network.ForwardRows(features, active, rows).Raw : network.Forward(features, active).Raw;
            torch.Tensor[] used = [.. Enumerable.Range(0, 4).Where(i => active[i]).Select(i => rows[i] is { } own ? raw[i]!.index_select(0, torch.tensor(own)) : raw[i]!)];
            used.Aggregate(torch.zeros(1), (sum, tensor) => sum.Plus(tensor.Squared().sum())).backward();
            return [.. used, .. network.parameters().Select(parameter => parameter.grad?.clone())];
        }

        torch.Tensor?[] expected = Run(together: false);
        torch.Tensor?[] actual = Run(together: true);

        Assert.Null(network.ForwardRows(features, active, rows).Raw[1]);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i] is null, actual[i] is null);
            if (expected[i] is { } tensor)
            {
                Assert.All(tensor.contiguous().data<float>().ToArray().Zip(actual[i]!.contiguous().data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * Math.Max(1f, Math.Abs(pair.First))));
            }
        }
    }

    [Fact]
    public void Parameters_are_counted_without_a_network()
    {
        using SoftParameterSharingNetwork network = Create([6, 5], [4], new HiddenLayers(Activation.ReLU, true));

        Assert.Equal(network.parameters().Sum(parameter => parameter.numel()), NetworkKinds.CountParameters(network.Description));
    }

    [Fact]
    public void All_trunks_begin_alike()
    {
        using SoftParameterSharingNetwork network = Create([6], []);
        network.KeepClose(1, SharingScope.Trunk, null);
        using FlatParameters flat = Flatten(network);

        Assert.Equal(0.0, network.GetParameterDistance(flat));
        Assert.Contains(flat.GetValues(network.GetTaskParameters(0)[0]).ToArray(), value => value != 0);
    }

    private static FlatParameters Flatten(SoftParameterSharingNetwork network) => new([], [.. Enumerable.Range(0, 4).SelectMany(network.GetTaskParameters)]);

    private static TaskGraph? Graph(string name) => name switch
    {
        "groups apart" => TaskGraph.Groups(["A", "B", "D"], ["C"]),
        "groups" => TaskGraph.Groups(["A", "C"], ["B", "D"]),
        "pairs" => TaskGraph.Pairs(("A", "B", 0.5), ("D", "A", 2), ("B", "C", 0), ("B", "D", 0.25), ("A", "C", 1.5)),
        _ => null,
    };

    private static SoftParameterSharingNetwork Create(int[] trunk, int[] head, HiddenLayers? hidden = null)
    {
        var network = (SoftParameterSharingNetwork)NetworkKinds.Create(Descriptions.Soft(3, _outputs, trunk, head, hidden ?? new HiddenLayers(Activation.ReLU, false)));
        network.Initialize(new CounterRandom(1, 1), [.. _outputs.Select(count => new float[count])]);
        return network;
    }

    /// <summary>Gives all parameters random values, so that tasks differ.</summary>
    private static void Move(SoftParameterSharingNetwork network)
    {
        using IDisposable noGradient = torch.no_grad();
        var random = new CounterRandom(3, 3);
        foreach (Parameter parameter in network.parameters())
        {
            float[] values = new float[parameter.numel()];
            random.FillUniform(values, 1f);
            using torch.Tensor tensor = torch.tensor(values, parameter.shape);
            parameter.copy_(tensor);
        }
    }
}
