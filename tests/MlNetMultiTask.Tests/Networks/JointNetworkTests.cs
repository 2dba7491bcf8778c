using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Several networks side by side: what they compute together, what they share, and what a description must say.</summary>
public sealed class JointNetworkTests : IDisposable
{
    private static readonly int[] _outputs = [2, 1];
    private static readonly HiddenLayers _hidden = new(Activation.ReLU, false);

    private readonly IDisposable _scope = torch.NewDisposeScope();

    public static TheoryData<int[]> SharedLayers => [Array.Empty<int>(), new[] { 5, 4 }];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(SharedLayers))]
    public void The_raw_output_is_the_mean_of_the_members_raw_outputs(int[] shared)
    {
        using JointNetwork network = Create(shared);
        torch.Tensor features = Features();
        float[][] whole = Numbers(network.Forward(features));
        float[][][] members = [.. Enumerable.Range(0, 2).Select(i =>
        {
            using MultiTaskNetwork member = network.GetMember(i);
            return Numbers(member.Forward(features));
        })];

        Assert.NotEqual(members[0][0], members[1][0]);
        for (int task = 0; task < 2; task++)
        {
            Assert.All(whole[task].Index(), number => Assert.Equal((members[0][task][number.Index] + members[1][task][number.Index]) / 2, number.Item, 1e-6f));
        }
    }

    [Fact]
    public void Members_read_the_output_of_the_shared_layers()
    {
        using JointNetwork network = Create([5, 4]);
        torch.Tensor features = Features();
        NetworkOutputs outputs = network.Forward(features);
        using MultiTaskNetwork view = network.GetMember(0);

        Assert.Equal([7, 4], outputs.Tap!.shape);
        Assert.Equal(Numbers(network.Members[0].Forward(outputs.Tap)), Numbers(view.Forward(features)));
        using JointNetwork apart = Create([]);
        Assert.Null(apart.Forward(features).Tap);
    }

    [Fact]
    public void Only_tasks_that_are_wanted_are_computed()
    {
        using JointNetwork network = Create([5]);
        NetworkOutputs outputs = network.Forward(Features(), [false, true]);

        Assert.Null(outputs.Raw[0]);
        Assert.Equal([7, 1], outputs.Raw[1]!.shape);
    }

    [Fact]
    public void Shared_tensors_are_the_same_tensors_in_all_members()
    {
        using JointNetwork network = Create([5, 4]);
        Parameter[] shared = [.. network.SharedParameters.Take(4)];
        for (int i = 0; i < 2; i++)
        {
            using MultiTaskNetwork member = network.GetMember(i);
            Parameter[] parameters = [.. member.parameters()];

            Assert.All(shared, parameter => Assert.Contains(parameters, other => ReferenceEquals(other, parameter)));
            Assert.All(parameters, parameter => Assert.Contains(network.parameters(), other => ReferenceEquals(other, parameter)));
        }

        // Whoever changes them in one changes them in all.
        using MultiTaskNetwork second = network.GetMember(1);
        float[][] before = Numbers(second.Forward(Features()));
        using (torch.no_grad())
        {
            network.GetMember(0).parameters().First().zero_();
        }

        Assert.NotEqual(before, Numbers(second.Forward(Features())));
    }

    [Fact]
    public void A_view_of_a_member_takes_nothing_along_when_it_goes()
    {
        using JointNetwork network = Create([5]);
        float[][] before = Numbers(network.Forward(Features()));
        for (int i = 0; i < 3; i++)
        {
            network.GetMember(i % 2).Dispose();
        }

        Assert.Equal(before, Numbers(network.Forward(Features())));
    }

    [Theory]
    [MemberData(nameof(SharedLayers))]
    public void Every_parameter_is_counted_stored_and_trained_once(int[] shared)
    {
        using JointNetwork network = Create(shared, new HiddenLayers(Activation.GELU, true));
        IReadOnlyList<NamedTensor> stored = NetworkWeights.Export(network);
        Parameter[] trained = [.. network.SharedParameters, .. Enumerable.Range(0, 2).SelectMany(network.GetTaskParameters)];
        long numbers = trained.Sum(parameter => parameter.numel());

        Assert.Equal(trained.Length, trained.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(trained.Length, network.parameters().Count());
        Assert.Equal(trained.Length, stored.Count);
        Assert.Equal(numbers, stored.Sum(tensor => tensor.Values.LongLength));
        Assert.Equal(numbers, NetworkKinds.CountParameters(network.Description));
    }

    [Fact]
    public void The_first_member_begins_as_alone_and_the_others_otherwise()
    {
        NetworkDescription soft = Descriptions.Soft(3, _outputs, [6], [], _hidden);
        using var network = (JointNetwork)NetworkKinds.Create(Descriptions.Joint(3, _outputs, [], _hidden, _ => [soft, soft, soft]));
        using MultiTaskNetwork alone = NetworkKinds.Create(soft);
        Initialize(network);
        Initialize(alone);
        string Text(MultiTaskNetwork of) => string.Join(' ', of.parameters().SelectMany(parameter => parameter.data<float>().ToArray()));

        Assert.Equal(Text(alone), Text(network.Members[0]));
        Assert.Equal(3, network.Members.Select(Text).Distinct().Count());
    }

    [Fact]
    public void Members_are_kept_close_each_by_its_own_strength()
    {
        NetworkDescription soft = Descriptions.Soft(3, _outputs, [6], [], _hidden);
        using var network = (JointNetwork)NetworkKinds.Create(Descriptions.Joint(3, _outputs, [], _hidden, _ => [soft, Descriptions.Hard(3, _outputs, [4], [], _hidden), soft]));
        Move(network);
        Parameter[][] trunks = [.. new[] { 0, 2 }.SelectMany(member => Enumerable.Range(0, 2).Select(task => network.Members[member].GetTaskParameters(task)[0])).Select(parameter => new[] { parameter })];
        using var flat = new FlatParameters(network.SharedParameters, [.. Enumerable.Range(0, 2).SelectMany(network.GetTaskParameters)]);
        Assert.Null(network.GetParameterDistance(flat));
        ((SoftParameterSharingNetwork)network.Members[0]).KeepClose(0.5, SharingScope.Trunk, null);
        double first = network.GetParameterDistance(flat)!.Value;
        ((SoftParameterSharingNetwork)network.Members[2]).KeepClose(2, SharingScope.Trunk, null);
        network.AddPenaltyGradient(flat);

        Assert.True(network.GetParameterDistance(flat) > first);
        for (int i = 0; i < 4; i += 2)
        {
            (float[] one, float[] other) = (flat.GetValues(trunks[i][0]).ToArray(), flat.GetValues(trunks[i + 1][0]).ToArray());
            double strength = i == 0 ? 0.5 : 2;
            Assert.All(flat.GetGradients(trunks[i][0]).ToArray().Index(), gradient => Assert.Equal(2 * strength * (one[gradient.Index] - other[gradient.Index]), gradient.Item, 1e-5));
        }
    }

    [Fact]
    public void Members_outputs_are_told_in_training_where_their_losses_count()
    {
        using JointNetwork network = Create([]);
        network.train();
        Assert.Empty(network.Forward(Features()).Members);
        network.OwnLossWeight = 0.3;
        NetworkOutputs outputs = network.Forward(Features());
        network.eval();

        Assert.Equal(0.3, outputs.OwnLossWeight);
        Assert.Equal([2, 2], outputs.Members.Select(member => member.Count));
        Assert.Empty(network.Forward(Features()).Members);
    }

    [Fact]
    public void Dropout_is_for_the_shared_layers_and_the_members_and_in_training_alone()
    {
        using JointNetwork network = Create([50]);
        using var dropout = new MlNetMultiTask.Networks.Dropout(0.5);
        network.Dropout = dropout;
        network.eval();
        float[][] plain = Numbers(network.Forward(Features()));
        network.train();

        Assert.All(network.Members, member => Assert.Same(dropout, member.Dropout));
        Assert.Contains(0f, network.Forward(Features()).Tap!.data<float>().ToArray());
        Assert.NotEqual(plain, Numbers(network.Forward(Features())));
        network.Dropout = null;
        Assert.Equal(plain, Numbers(network.Forward(Features())));
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "none", "has 0 members" },
        { "many", "has 101 members" },
        { "nested", "member of its own kind" },
        { "inputs", "a member that reads 3 inputs where there are 5" },
        { "outputs", "a member with other outputs" },
        { "layers", "'sharedLayers'" },
        { "kind", "'Other' is unknown" },
        { "large", "too large" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_description_that_can_not_be_is_a_format_error(string lie, string words)
    {
        NetworkDescription member = Descriptions.Hard(5, _outputs, [4], [], _hidden);
        NetworkDescription good = Descriptions.Joint(3, _outputs, [5], _hidden, _ => [member, member]);
        NetworkDescription description = lie switch
        {
            "none" => good with { Members = [] },
            "many" => good with { Members = [.. Enumerable.Repeat(member, 101)] },
            "nested" => good with { Members = [member, good with { FeatureCount = 5 }] },
            "inputs" => good with { Members = [member, member with { FeatureCount = 3 }] },
            "outputs" => good with { Members = [member with { OutputCounts = [1, 1] }] },
            "layers" => good with { Sizes = new Dictionary<string, int[]>() },
            "kind" => good with { Members = [member with { Kind = "Other" }] },
            _ => Descriptions.Joint(int.MaxValue, _outputs, [], _hidden, width => Enumerable.Repeat(Descriptions.Hard(width, _outputs, [int.MaxValue], [], _hidden), 100)),
        };

        Assert.True(NetworkKinds.CountParameters(good) > 0);
        Assert.Contains(words, Assert.Throws<FormatException>(() => NetworkKinds.CountParameters(description)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_tells_its_members_apart()
    {
        NetworkDescription Describe(int width) => Descriptions.Joint(3, _outputs, [5], _hidden, inputs => [Descriptions.Hard(inputs, _outputs, [width], [2], _hidden)]);

        Assert.Equal("JointTraining(sharedLayers 5, HardParameterSharing(headLayers 2, sharedLayers 4))", Describe(4).Describe());
        Assert.NotEqual(Describe(4).Describe(), Describe(6).Describe());
    }

    private static JointNetwork Create(int[] shared, HiddenLayers? hidden = null)
    {
        HiddenLayers layers = hidden ?? _hidden;
        var network = (JointNetwork)NetworkKinds.Create(Descriptions.Joint(3, _outputs, shared, layers, width =>
            [Descriptions.Hard(width, _outputs, [6], [3], layers), Descriptions.Soft(width, _outputs, [4], [], layers)]));
        Initialize(network);
        return network;
    }

    private static void Initialize(MultiTaskNetwork network) => network.Initialize(new CounterRandom(1, 1), [.. _outputs.Select(count => new float[count])]);

    private static void Move(MultiTaskNetwork network)
    {
        using IDisposable noGradient = torch.no_grad();
        var random = new CounterRandom(3, 3);
        foreach (Parameter parameter in network.parameters())
        {
            float[] values = new float[parameter.numel()];
            random.FillUniform(values, 1f);
            parameter.copy_(torch.tensor(values, parameter.shape));
        }
    }

    private static torch.Tensor Features()
    {
        float[] numbers = new float[7 * 3];
        new CounterRandom(5, 5).FillUniform(numbers, 2f);
        return torch.tensor(numbers, [7, 3]);
    }

    private static float[][] Numbers(NetworkOutputs outputs) => [.. outputs.Raw.Select(raw => raw!.contiguous().data<float>().ToArray())];
}
