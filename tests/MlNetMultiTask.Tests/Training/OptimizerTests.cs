using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Optimizers on flat buffers against torch's own, and what weight decay spares.</summary>
public sealed class OptimizerTests
{
    private const int Count = 43;
    private const double Rate = 0.02;

    private static readonly float[] _everywhere = [.. Enumerable.Repeat(1f, Count)];

    private static readonly Dictionary<string, (Optimizer Ours, Func<Parameter, torch.optim.Optimizer> Theirs)> _all = new()
    {
        ["Adam with decay"] = (Optimizer.Adam(weightDecay: 0.1), parameter => torch.optim.Adam([parameter], Rate, weight_decay: 0.1)),
        ["Adam with other constants"] = (Optimizer.Adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-3), parameter => torch.optim.Adam([parameter], Rate, 0.8, 0.95, 1e-3)),
        ["AdamW"] = (Optimizer.AdamW(0.1), parameter => torch.optim.AdamW([parameter], Rate, weight_decay: 0.1)),
        ["SGD without momentum"] = (Optimizer.Sgd(momentum: 0), parameter => torch.optim.SGD([parameter], Rate)),
        ["SGD"] = (Optimizer.Sgd(), parameter => torch.optim.SGD([parameter], Rate, momentum: 0.9)),
        ["SGD with decay"] = (Optimizer.Sgd(weightDecay: 0.1), parameter => torch.optim.SGD([parameter], Rate, momentum: 0.9, weight_decay: 0.1)),
        ["Nesterov"] = (Optimizer.Sgd(nesterov: true), parameter => torch.optim.SGD([parameter], Rate, momentum: 0.9, nesterov: true)),
    };

    public static TheoryData<string> All { get; } = [.. _all.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void Thirty_steps_are_those_of_torch(string name)
    {
        using IDisposable scope = torch.NewDisposeScope();
        float[] parameters = Start();
        FlatOptimizer optimizer = _all[name].Ours.Start(_everywhere);
        var theirs = new Parameter(torch.tensor(Start()));
        using torch.optim.Optimizer reference = _all[name].Theirs(theirs);
        for (int step = 1; step <= 30; step++)
        {
            float[] gradient = Gradient(step);
            optimizer.Step(parameters, [.. gradient], Rate);
            theirs.grad = torch.tensor(gradient);
            reference.step();
        }

        Assert.NotEqual(Start(), parameters);
        Assert.All(theirs.detach().data<float>().ToArray().Zip(parameters), pair => Assert.Equal(pair.First, pair.Second, 2e-6 * Math.Max(1, Math.Abs(pair.First))));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_restored_state_goes_on_bit_by_bit(string name)
    {
        using IDisposable scope = torch.NewDisposeScope();
        float[] parameters = Start();
        FlatOptimizer optimizer = _all[name].Ours.Start(_everywhere);
        Run(optimizer, parameters, 1, 5);
        float[] copy = [.. parameters];
        FlatOptimizer restored = _all[name].Ours.Start(_everywhere);
        restored.Import(optimizer.StepCount, optimizer.ExportMoments());
        Run(optimizer, parameters, 6, 12);
        Run(restored, copy, 6, 12);

        Assert.Equal(parameters, copy);
    }

    /// <summary>Without any gradient, decay is all that moves parameters: weights of layers, and neither biases nor gains.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weight_decay_spares_biases_and_gains(bool decoupled)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(3, [1], [4], [2], new HiddenLayers(Activation.ReLU, true)));
        network.Initialize(new CounterRandom(1, 1), [[0.5f]]);
        Dictionary<string, float[]> before = network.state_dict().ToDictionary(item => item.Key, item => item.Value.detach().data<float>().ToArray());
        using var engine = new TorchEngine(network, [PredictionTask.Regression("A")], [1], decoupled ? Optimizer.AdamW(0.1) : Optimizer.Adam(0.1));
        engine.Parameters.GradientSpan.Clear();
        engine.Update(0.01);

        foreach ((string name, torch.Tensor value) in network.state_dict())
        {
            bool isWeight = name.EndsWith("weight", StringComparison.Ordinal);
            Assert.Equal(!isWeight, before[name].SequenceEqual(value.detach().data<float>().ToArray()));
        }
    }

    /// <summary>Momentum and decay would move it on.</summary>
    [Theory]
    [InlineData("Adam with decay")]
    [InlineData("AdamW")]
    [InlineData("SGD with decay")]
    public void What_is_frozen_stays_where_it_was(string name)
    {
        using IDisposable scope = torch.NewDisposeScope();
        var rows = new TrainingRows(10);
        using MultiTaskNetwork network = rows.CreateNetwork();
        using MlNetMultiTask.Data.InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares, _all[name].Ours);
        using MlNetMultiTask.Data.IBatchReader reader = source.Open(10, null);
        MlNetMultiTask.Data.Batch batch = reader.Read()!;
        float[] best = engine.ExportParameters();
        void Train()
        {
            engine.ComputeLosses(batch);
            engine.Backward([1, 1, 1, 1, 1]);
            engine.Update(0.01);
        }

        Train();
        engine.Freeze(2, best);
        Train();
        Train();
        Range own = engine.Parameters.GetTaskRange(network, 2);
        Range other = engine.Parameters.GetTaskRange(network, 1);

        Assert.Equal(best[own], engine.ExportParameters()[own]);
        Assert.NotEqual(best[other], engine.ExportParameters()[other]);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1e-3)]
    [InlineData(1e6)]
    public void A_long_gradient_is_cut_to_the_norm_and_a_short_one_left_alone(double maximum)
    {
        using IDisposable scope = torch.NewDisposeScope();
        var rows = new TrainingRows(10);
        using MultiTaskNetwork network = rows.CreateNetwork();
        using var engine = new TorchEngine(network, rows.Tasks, [1, 1, 1, 1, 1], Optimizer.Sgd(momentum: 0), maximum);
        float[] gradient = [.. Gradient(1), .. new float[engine.Parameters.GradientSpan.Length - Count]];
        double norm = Math.Sqrt(gradient.Sum(value => (double)value * value));
        gradient.CopyTo(engine.Parameters.GradientSpan);
        float[] before = engine.ExportParameters();
        engine.Update(1);

        double scale = Math.Min(1, maximum / norm);
        Assert.All(before.Zip(gradient, engine.ExportParameters()), item => Assert.Equal(item.First - (scale * item.Second), item.Third, 1e-5 * Math.Max(1, scale * norm)));
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused_by_name()
    {
        (Action Attempt, string Name)[] attempts =
        [
            (() => Optimizer.Adam(weightDecay: -1), "weightDecay"),
            (() => Optimizer.Adam(beta1: 1), "beta1"),
            (() => Optimizer.AdamW(beta2: double.NaN), "beta2"),
            (() => Optimizer.AdamW(epsilon: 0), "epsilon"),
            (() => Optimizer.Sgd(momentum: -0.1), "momentum"),
            (() => Optimizer.Sgd(weightDecay: double.PositiveInfinity), "weightDecay"),
        ];
        Assert.All(attempts, attempt => Assert.Equal(attempt.Name, Assert.Throws<ArgumentOutOfRangeException>(attempt.Attempt).ParamName));
    }

    private static void Run(FlatOptimizer optimizer, float[] parameters, int first, int last)
    {
        for (int step = first; step <= last; step++)
        {
            optimizer.Step(parameters, Gradient(step), Rate);
        }
    }

    private static float[] Start()
    {
        float[] values = new float[Count];
        new CounterRandom(1, 1).FillUniform(values, 1f);
        return values;
    }

    private static float[] Gradient(int step)
    {
        float[] values = new float[Count];
        new CounterRandom(2, 2, (uint)step).FillUniform(values, 1f);
        return [.. values.Select((value, i) => value * MathF.Pow(10, (i % 5) - 3))];
    }
}
