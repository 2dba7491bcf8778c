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
    public void The_penalty_is_the_sum_over_pairs_and_so_is_its_gradient(string graph, SharingScope scope)
    {
        const double Strength = 0.37;
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([5, 3], [4]);
        double[,]? weights = Graph(graph)?.GetWeights(_tasks);
        network.Penalty = new SharingPenalty(Strength, weights);
        network.Scope = scope;
        Move(network);
        torch.Tensor penalty = network.GetPenalty()!;
        penalty.backward();

        // The plain sum over pairs, of every shared parameter: those of the trunk come first among a task's own.
        Parameter[][] parameters = [.. Enumerable.Range(0, 4).Select(task => network.GetTaskParameters(task).ToArray())];
        int ofTrunk = parameters[0].Length / 2;
        double expected = 0;
        double distance = 0;
        for (int i = 0; i < 4; i++)
        {
            double[][] gradients = [.. parameters[i].Select(parameter => new double[parameter.numel()])];
            for (int j = 0; j < 4; j++)
            {
                for (int p = 0; p < parameters[i].Length; p++)
                {
                    bool shared = p < ofTrunk || (scope == SharingScope.TrunkAndHeads && _outputs[i] == _outputs[j]);
                    if (i == j || !shared)
                    {
                        continue;
                    }

                    float[] ours = parameters[i][p].data<float>().ToArray();
                    float[] theirs = parameters[j][p].data<float>().ToArray();
                    double weight = weights?[i, j] ?? 1;
                    for (int k = 0; k < ours.Length; k++)
                    {
                        double difference = (double)ours[k] - theirs[k];
                        expected += Strength * weight * difference * difference / 2;
                        distance += difference * difference / 2;
                        gradients[p][k] += 2 * Strength * weight * difference;
                    }
                }
            }

            for (int p = 0; p < gradients.Length; p++)
            {
                float[] actual = parameters[i][p].grad?.data<float>().ToArray() ?? new float[gradients[p].Length];
                Assert.All(gradients[p].Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
            }
        }

        Assert.Equal(expected, penalty.item<float>(), 1e-4 * expected);
        Assert.Equal(distance, network.GetParameterDistance()!.Value, 1e-6 * distance);
    }

    [Fact]
    public void The_gradient_of_the_penalty_is_that_of_finite_differences()
    {
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([3], []);
        network.Penalty = new SharingPenalty(2, TaskGraph.Pairs(("A", "C", 0.5), ("B", "D", 2)).GetWeights(_tasks));
        network.Scope = SharingScope.TrunkAndHeads;
        Move(network);
        network.GetPenalty()!.backward();
        const float Step = 0.01f;
        foreach (Parameter parameter in Enumerable.Range(0, 4).SelectMany(network.GetTaskParameters))
        {
            float[] gradient = parameter.grad!.data<float>().ToArray();
            float[] values = parameter.data<float>().ToArray();
            for (int i = 0; i < values.Length; i++)
            {
                // A quadratic: central differences are exact but for rounding.
                Assert.Equal((At(i, Step) - At(i, -Step)) / (2 * Step), gradient[i], 5e-3);
            }

            double At(int index, float step)
            {
                using IDisposable noGradient = torch.no_grad();
                float[] moved = [.. values];
                moved[index] += step;
                parameter.copy_(torch.tensor(moved, parameter.shape));
                double penalty = network.GetPenalty()!.item<float>();
                parameter.copy_(torch.tensor(values, parameter.shape));
                return penalty;
            }
        }
    }

    [Fact]
    public void Networks_that_are_close_have_an_exact_distance_also_under_a_graph()
    {
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([5], []);
        network.Penalty = new SharingPenalty(1, TaskGraph.Pairs(("A", "B", 1), ("B", "C", 2)).GetWeights(_tasks));
        using (torch.no_grad())
        {
            // In single precision the squares of 1000 hide this difference, whose own square is 2^-20.
            foreach (int task in (int[])[0, 1, 2, 3])
            {
                network.GetTaskParameters(task)[1].copy_(torch.full(5, 1000 + (task == 1 ? 1f / 1024 : 0)));
            }
        }

        Assert.Equal(5 * 3 * Math.Pow(2, -20), network.GetPenalty()!.item<float>(), 1e-7);
    }

    [Fact]
    public void Without_strength_or_partners_there_is_no_penalty()
    {
        using IDisposable disposal = torch.NewDisposeScope();
        using SoftParameterSharingNetwork network = Create([3], []);
        Assert.Null(network.GetPenalty());
        network.Penalty = new SharingPenalty(0, null);

        Assert.Null(network.GetPenalty());
        Assert.Equal(0.0, network.GetParameterDistance());
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

        Assert.Equal(0.0, network.GetParameterDistance());
        Assert.Contains(network.GetTaskParameters(0)[0].data<float>().ToArray(), value => value != 0);
    }

    private static TaskGraph? Graph(string name) => name switch
    {
        "groups apart" => TaskGraph.Groups(["A", "B", "D"], ["C"]),
        "groups" => TaskGraph.Groups(["A", "C"], ["B", "D"]),
        "pairs" => TaskGraph.Pairs(("A", "B", 0.5), ("D", "A", 2), ("B", "C", 0), ("B", "D", 0.25), ("A", "C", 1.5)),
        _ => null,
    };

    private static SoftParameterSharingNetwork Create(int[] trunk, int[] head, HiddenLayers? hidden = null)
    {
        var network = (SoftParameterSharingNetwork)NetworkKinds.Create(SoftParameterSharingNetwork.Describe(3, _outputs, trunk, head, hidden ?? new HiddenLayers(Activation.ReLU, false)));
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
