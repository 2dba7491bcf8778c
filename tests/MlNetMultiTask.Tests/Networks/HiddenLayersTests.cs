using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Activations, normalisation and dropout of hidden layers.</summary>
public sealed class HiddenLayersTests
{
    private static readonly float[] _values = [-3f, -1f, -0.5f, 0f, 0.25f, 1f, 4f];

    [Theory]
    [InlineData(Activation.ReLU)]
    [InlineData(Activation.GELU)]
    [InlineData(Activation.SiLU)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.LeakyReLU)]
    public void Activations_are_those_of_their_papers(Activation activation)
    {
        using IDisposable scope = torch.NewDisposeScope();
        double Expected(double x) => activation switch
        {
            Activation.ReLU => Math.Max(0, x),
            Activation.GELU => x * NormalCdf(x),
            Activation.SiLU => x / (1 + Math.Exp(-x)),
            Activation.Tanh => Math.Tanh(x),
            _ => x > 0 ? x : 0.01 * x,
        };

        float[] actual = new HiddenLayers(activation, false).Activate(torch.tensor(_values)).data<float>().ToArray();

        Assert.All(_values.Zip(actual), pair => Assert.Equal(Expected(pair.First), pair.Second, 1e-6));
    }

    [Fact]
    public void Normalised_rows_have_mean_0_and_deviation_1_until_gain_and_shift_are_learned()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using var layer = new LayerNormalization(_values.Length);
        float[] rows = layer.Forward(torch.tensor([.. _values, .. _values.Select(value => (100 * value) + 7)], [2, _values.Length])).data<float>().ToArray();

        Assert.All(rows.Chunk(_values.Length), row =>
        {
            Assert.Equal(0, row.Average(), 1e-5);
            Assert.Equal(1, Math.Sqrt(row.Average(value => value * value)), 1e-4);
        });
    }

    [Fact]
    public void Dropout_keeps_the_mean_draws_by_its_seed_and_leaves_torchs_generator_alone()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using var dropout = new Dropout(0.3);
        torch.Tensor ones = torch.ones(200, 500);
        byte[] global = torch.get_rng_state().bytes.ToArray();
        dropout.Seed(5);
        float[] first = dropout.Apply(ones).data<float>().ToArray();
        float[] second = dropout.Apply(ones).data<float>().ToArray();
        dropout.Seed(5);
        float[] again = dropout.Apply(ones).data<float>().ToArray();

        Assert.Equal(first, again);
        Assert.NotEqual(first, second);
        Assert.Equal(global, torch.get_rng_state().bytes.ToArray());
        float[] values = [.. first.Distinct().Order()];
        Assert.Equal(2, values.Length);
        Assert.Equal(0f, values[0]);
        Assert.Equal(1 / 0.7, values[1], 1e-6);

        // 100,000 draws: five deviations are 0.0072.
        Assert.Equal(0.3, first.Count(value => value == 0) / 100_000.0, 0.0072);
        Assert.Equal(1, first.Average(), 0.0105);
    }

    [Fact]
    public void A_network_drops_in_training_only()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(4, [2], [32], [16]));
        network.Initialize(new CounterRandom(1, 1), [[0f, 0f]]);
        using var dropout = new Dropout(0.5);
        network.Dropout = dropout;
        torch.Tensor features = torch.ones(3, 4);
        float[] Forward() => network.Forward(features).Raw[0]!.detach().data<float>().ToArray();
        network.eval();
        float[] expected = Forward();

        Assert.Equal(expected, Forward());
        network.train();
        Assert.NotEqual(expected, Forward());
        network.Dropout = null;
        Assert.Equal(expected, Forward());
    }

    [Fact]
    public void A_description_names_what_is_unusual_and_is_read_again()
    {
        NetworkDescription usual = Descriptions.Hard(4, [2], [3], [], new HiddenLayers(Activation.ReLU, false));
        NetworkDescription unusual = Descriptions.Hard(4, [2], [3], [], new HiddenLayers(Activation.SiLU, true));

        Assert.Equal(["sharedLayers", "headLayers"], usual.Sizes.Keys);
        Assert.Equal(new HiddenLayers(Activation.SiLU, true), HiddenLayers.Read(unusual.Sizes));
        Assert.Equal(NetworkKinds.CountParameters(usual) + 6, NetworkKinds.CountParameters(unusual));
        using MultiTaskNetwork network = NetworkKinds.Create(unusual);
        Assert.Equal(NetworkKinds.CountParameters(unusual), network.parameters().Sum(parameter => parameter.numel()));
        Assert.Throws<FormatException>(() => HiddenLayers.Read(new Dictionary<string, int[]> { ["activation"] = [99] }));
    }

    /// <summary>By Simpson's rule: fine enough for seven digits.</summary>
    private static double NormalCdf(double x)
    {
        const int Steps = 2000;
        double Density(double t) => Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI);
        double h = x / Steps;
        double sum = Density(0) + Density(x);
        for (int i = 1; i < Steps; i++)
        {
            sum += Density(i * h) * (i % 2 == 0 ? 2 : 4);
        }

        return 0.5 + (sum * h / 3);
    }
}
