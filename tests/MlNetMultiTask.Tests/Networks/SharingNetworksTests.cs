using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Training;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>What holds for every network that shares by units, gates or levels.</summary>
public sealed class SharingNetworksTests
{
    private const int RowCount = 5;

    public static TheoryData<string> Cases => SharingCases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_are_those_of_the_written_formula(string name)
    {
        for (uint seed = 1; seed <= 5; seed++)
        {
            using IDisposable scope = torch.NewDisposeScope();
            using MultiTaskNetwork network = SharingCases.CreateMoved(SharingCases.Describe(name), seed);
            float[] features = SharingCases.Draw(RowCount * SharingCases.FeatureCount, seed);
            NetworkOutputs outputs = network.Forward(ToTensor(features));
            var plain = new PlainSharing(network);
            foreach ((int row, double[] x) in SharingCases.ToRows(features).Index())
            {
                double[][] expected = plain.Forward(plain.Parameters, x);
                for (int task = 0; task < expected.Length; task++)
                {
                    float[] actual = outputs.Raw[task]![row].data<float>().ToArray();
                    Assert.Equal(expected[task].Length, actual.Length);
                    Assert.All(expected[task].Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_those_of_central_differences(string name)
    {
        const double BalancingWeight = 0.7;
        for (uint seed = 1; seed <= 5; seed++)
        {
            using IDisposable scope = torch.NewDisposeScope();
            using MultiTaskNetwork network = SharingCases.CreateMoved(SharingCases.Describe(name), seed);
            bool balances = network is MixtureOfExpertsNetwork;
            if (network is MixtureOfExpertsNetwork mixture)
            {
                mixture.LoadBalancingWeight = BalancingWeight;
            }

            float[] features = SharingCases.Draw(RowCount * SharingCases.FeatureCount, seed);
            float[][] cotangents = [.. SharingCases.Outputs.Select((count, task) => SharingCases.Draw(RowCount * count, 50 + seed + (10 * (uint)task), 1f))];
            network.train();
            NetworkOutputs outputs = network.Forward(ToTensor(features));
            torch.Tensor total = torch.zeros(1);
            for (int task = 0; task < cotangents.Length; task++)
            {
                total = total.Plus((outputs.Raw[task]! * torch.tensor(cotangents[task], [RowCount, SharingCases.Outputs[task]])).sum());
            }

            Assert.Equal(balances, outputs.Penalty is not null);
            total = outputs.Penalty is { } penalty ? total.Plus(penalty) : total;
            total.backward();
            var plain = new PlainSharing(network);
            double[][] rows = SharingCases.ToRows(features);
            double Function(double[] p) => rows.Select((x, row) => plain.Forward(p, x)
                .Select((raw, task) => raw.Select((value, k) => value * cotangents[task][(row * SharingCases.Outputs[task]) + k]).Sum()).Sum()).Sum()
                + (balances ? BalancingWeight * plain.Imbalance(p, plain.Parameters, rows) : 0);

            Assert.Equal(Function(plain.Parameters), total.item<float>(), 1e-4);
            double[] expected = plain.Differentiate(Function);
            float[] actual = [.. network.named_parameters().SelectMany(named => named.parameter.grad is { } gradient ? gradient.contiguous().data<float>().ToArray() : new float[named.parameter.numel()])];

            // float32 against double: rounding of some tens of operations on numbers of the gradient's scale.
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * expected.Max(Math.Abs)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Shared_and_own_parameters_are_all_parameters_and_each_once(string name)
    {
        using MultiTaskNetwork network = SharingCases.Create(SharingCases.Describe(name));
        IntPtr[] declared = [.. network.SharedParameters.Concat(Enumerable.Range(0, SharingCases.Outputs.Length).SelectMany(network.GetTaskParameters)).Select(parameter => parameter.Handle)];

        Assert.Equal(declared.Length, declared.Distinct().Count());
        Assert.Equal(network.parameters().Select(parameter => parameter.Handle).Order(), declared.Order());
    }

    /// <summary>Cross-stitch: the units. Experts: these, and a gate for all. Extraction: shared experts, and the gates that mix for them.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_shared_is_what_the_design_says(string name)
    {
        using MultiTaskNetwork network = SharingCases.Create(SharingCases.Describe(name));
        bool IsShared(string parameter) => network switch
        {
            CrossStitchNetwork => parameter.StartsWith("unit", StringComparison.Ordinal),
            MixtureOfExpertsNetwork => parameter.StartsWith("expert", StringComparison.Ordinal) || (name.Contains("one gate", StringComparison.Ordinal) && parameter.StartsWith("gate", StringComparison.Ordinal)),
            _ => parameter.Contains(".sharedexpert", StringComparison.Ordinal) || parameter.Contains(".sharedgate", StringComparison.Ordinal),
        };
        IntPtr[] expected = [.. network.named_parameters().Where(named => IsShared(named.name)).Select(named => named.parameter.Handle).Order()];

        Assert.Equal(expected, network.SharedParameters.Select(parameter => parameter.Handle).Order());
        for (int task = 0; task < SharingCases.Outputs.Length; task++)
        {
            HashSet<IntPtr> own = [.. network.GetTaskParameters(task).Select(parameter => parameter.Handle)];
            Assert.Contains(network.named_parameters(), named => named.name.StartsWith($"head{task}.", StringComparison.Ordinal) && own.Contains(named.parameter.Handle));
            Assert.DoesNotContain(network.named_parameters(), named => own.Contains(named.parameter.Handle)
                && Enumerable.Range(0, 3).Any(other => other != task && new[] { $"head{other}.", $"trunk{other}.", $"gate{other}.", $"task{other}" }.Any(named.name.Contains)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_number_of_parameters_is_known_before_the_network_is_built_and_layers_tell_the_same(string name)
    {
        using MultiTaskNetwork network = SharingCases.Create(SharingCases.Describe(name));
        long counted = network.parameters().Sum(parameter => parameter.numel());

        Assert.Equal(counted, NetworkKinds.CountParameters(network.Description));
        Assert.Equal(counted, network.DescribeLayers().Sum(layer => layer.ParameterCount));
        Assert.Equal(network.SharedParameters.Sum(parameter => parameter.numel()), network.DescribeLayers().Where(layer => layer.Task is null).Sum(layer => layer.ParameterCount));
        for (int task = 0; task < SharingCases.Outputs.Length; task++)
        {
            Assert.Equal(network.GetTaskParameters(task).Sum(parameter => parameter.numel()), network.DescribeLayers().Where(layer => layer.Task == task).Sum(layer => layer.ParameterCount));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Only_the_tasks_that_are_asked_for_are_computed_and_give_the_same(string name)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = SharingCases.CreateMoved(SharingCases.Describe(name));
        network.eval();
        torch.Tensor features = ToTensor(SharingCases.Draw(RowCount * SharingCases.FeatureCount, 3));
        NetworkOutputs all = network.Forward(features);
        for (int mask = 0; mask < 8; mask++)
        {
            bool[] active = [(mask & 1) > 0, (mask & 2) > 0, (mask & 4) > 0];
            NetworkOutputs some = network.Forward(features, active);

            Assert.Equal(active, some.Raw.Select(raw => raw is not null));
            Assert.Equal(network.Gates.Count, some.Gates.Count);
            Assert.All(Enumerable.Range(0, 3).Where(task => active[task]), task => Assert.Equal(all.Raw[task]!.data<float>().ToArray(), some.Raw[task]!.data<float>().ToArray()));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_row_alone_gives_what_it_gives_among_others(string name)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = SharingCases.CreateMoved(SharingCases.Describe(name));
        torch.Tensor features = ToTensor(SharingCases.Draw(RowCount * SharingCases.FeatureCount, 3));
        NetworkOutputs all = network.Forward(features);
        for (int row = 0; row < RowCount; row++)
        {
            NetworkOutputs alone = network.Forward(features.narrow(0, row, 1));
            for (int task = 0; task < 3; task++)
            {
                Assert.All(all.Raw[task]![row].data<float>().ToArray().Zip(alone.Raw[task]!.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void First_weights_come_from_the_given_source_alone(string name)
    {
        using MultiTaskNetwork one = SharingCases.Create(SharingCases.Describe(name), 7);
        using MultiTaskNetwork same = SharingCases.Create(SharingCases.Describe(name), 7);
        using MultiTaskNetwork other = SharingCases.Create(SharingCases.Describe(name), 8);

        Assert.Equal(new PlainSharing(one).Parameters, new PlainSharing(same).Parameters);
        Assert.NotEqual(new PlainSharing(one).Parameters, new PlainSharing(other).Parameters);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Output_layers_start_at_the_given_biases(string name)
    {
        using MultiTaskNetwork network = SharingCases.Create(SharingCases.Describe(name));

        Assert.Equal([0.2f, 0.15f, 0.1f], network.GetTaskParameters(2)[^1].data<float>().ToArray(), (x, y) => Math.Abs(x - y) < 1e-6f);
    }

    /// <summary>Experts that began alike would stay alike under gates that do not tell them apart.</summary>
    [Theory]
    [InlineData("experts", "expert")]
    [InlineData("extraction", "level0.shared")]
    [InlineData("extraction, three levels", "level1.task1")]
    public void Experts_and_gates_begin_with_numbers_of_their_own(string name, string prefix)
    {
        using MultiTaskNetwork network = SharingCases.Create(SharingCases.Describe(name));
        string[] weights = [.. network.named_parameters().Where(named => named.name.StartsWith(prefix, StringComparison.Ordinal) && named.name.EndsWith("weight", StringComparison.Ordinal)).Select(named => named.name)];

        Assert.True(weights.Length > 1);
        Assert.Equal(weights.Length, weights.Select(weight => network.get_parameter(weight)!.data<float>()[0]).Distinct().Count());
    }

    /// <summary>Sum by gradients of the tasks apart is plain backpropagation of the sum, also with a term that the network adds.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Shared_gradients_task_by_task_add_up_to_those_of_the_sum(string name)
    {
        using IDisposable scope = torch.NewDisposeScope();
        var rows = new TrainingRows(20, weights: true);
        using MultiTaskNetwork network = SharingCases.CreateMoved(SharingCases.Describe(name) with { OutputCounts = [.. rows.Infos.Select(info => info.OutputCount)] });
        if (network is MixtureOfExpertsNetwork mixture)
        {
            mixture.LoadBalancingWeight = 0.7;
        }

        double[] ones = [1, 1, 1, 1, 1];
        using InMemoryBatchSource source = rows.OpenSource();
        using IBatchReader reader = source.Open(rows.RowCount, null);
        Batch batch = reader.Read()!;
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares);
        engine.ComputeLosses(batch);
        engine.Backward(ones);
        float[] expected = engine.Parameters.GradientSpan.ToArray();
        engine.ComputeLosses(batch);
        engine.ComputeSharedGramian(keepsGraph: false);
        engine.CombineSharedGradients(ones);
        float[] actual = engine.Parameters.GradientSpan.ToArray();

        Assert.Contains(expected, value => value != 0);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * expected.Max(Math.Abs)));
    }

    private static torch.Tensor ToTensor(float[] features) => torch.tensor(features, [features.Length / SharingCases.FeatureCount, SharingCases.FeatureCount]);
}
