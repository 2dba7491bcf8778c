using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>What a step for one task does to the losses of the others, beside the plain network in double precision; and that nothing is left of it.</summary>
public sealed class LookAheadTests
{
    private static readonly int[] _all = [0, 1, 2, 3, 4];

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.3)]
    public void Each_pair_is_that_of_a_step_of_the_plain_network(double rate)
    {
        TrainingRows rows = GradientStep.CreateRows();
        using var step = new GradientStep(rows, rows.CreateNetwork());
        double[] parameters = [.. step.Engine.Export().Parameters.Select(value => (double)value)];
        double[,] found = step.Engine.LookAhead(step.Batch, _all, rate);
        foreach (int from in _all)
        {
            double[] gradient = PlainNetwork.Gradient(parameters, moved => rows.MeanLoss(moved, from));
            double[] ahead = [.. parameters.Select((value, i) => i < step.SharedCount ? value - (rate * gradient[i]) : value)];
            Assert.Contains(_all, to => Math.Abs(found[from, to]) > 1e-3 * rate);
            Assert.All(_all, to => Assert.Equal(1 - (rows.MeanLoss(ahead, to) / rows.MeanLoss(parameters, to)), found[from, to], 2e-6));
        }
    }

    /// <summary>With the step's own masks, a step of no length changes nothing, whatever is dropped; a step of some length does.</summary>
    [Theory]
    [MemberData(nameof(GradientCases.All), MemberType = typeof(GradientCases))]
    public void It_is_the_step_s_own_batch_and_masks_and_all_is_left_as_it_was(string name)
    {
        var rows = new TrainingRows(12, weights: true);
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = GradientCases.Create(name, rows);
        using InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares, dropout: 0.5);
        using IBatchReader reader = source.Open(rows.RowCount, null);
        Batch batch = reader.Read()!;
        engine.BeginEpoch(7);
        engine.ComputeLosses(batch);
        engine.Backward([1, 1, 1, 1, 1]);
        EngineState before = engine.Export();
        float[] gradients = engine.Parameters.GradientSpan.ToArray();
        IReadOnlyList<torch.Tensor?> outputs = engine.Outputs;

        double[,] still = engine.LookAhead(batch, _all, 0);
        double[,] moved = engine.LookAhead(batch, _all, 1e-3);

        Assert.All(still.Cast<double>(), value => Assert.Equal(0, value));
        Assert.All(_all, task => Assert.NotEqual(0, moved[task, task]));
        Assert.Equal(before.Parameters, engine.Export().Parameters);
        Assert.Equal(before.Buffers, engine.Export().Buffers);
        Assert.Equal(gradients, engine.Parameters.GradientSpan.ToArray());
        Assert.Same(outputs, engine.Outputs);
        double[] losses = engine.ComputeLosses(batch).Losses;
        using var other = new TorchEngine(GradientCases.Create(name, rows), rows.Tasks, source.LabelledShares, dropout: 0.5);
        other.BeginEpoch(7);
        other.ComputeLosses(batch);
        Assert.Equal(other.ComputeLosses(batch).Losses, losses);
    }

    [Fact]
    public void Batch_statistics_are_put_back()
    {
        NormalizedNetwork.Register();
        var rows = new TrainingRows(12);
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = CustomNetwork.Create(CustomNetwork.Describe(TrainingRows.FeatureCount, [.. rows.Infos.Select(info => info.OutputCount)], CustomModule.Create(NormalizedNetwork.RegisteredName, null)));
        network.Initialize(new CounterRandom(2, 50), [.. rows.Infos.Select(info => new float[info.OutputCount])]);
        using InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares);
        using IBatchReader reader = source.Open(rows.RowCount, null);
        Batch batch = reader.Read()!;
        engine.ComputeLosses(batch);
        engine.Backward([1, 1, 1, 1, 1]);
        EngineState before = engine.Export();

        double[,] moved = engine.LookAhead(batch, _all, 0.01);

        Assert.Contains(before.Buffers, value => value is not (0 or 1));
        Assert.Equal(before.Buffers, engine.Export().Buffers);
        Assert.Equal(before.Parameters, engine.Export().Parameters);
        Assert.All(_all, task => Assert.True(moved[task, task] > 0));
    }

    [Fact]
    public void A_task_that_has_no_label_in_the_batch_takes_no_part()
    {
        var rows = new TrainingRows(8);
        Array.Fill(rows.Labels[2], float.NaN, 0, 4);
        using MultiTaskNetwork network = rows.CreateNetwork();
        HardParameterSharingOptions options = new() { Tasks = rows.Tasks, BatchSize = 4, AffinitySamplingInterval = 1 };
        InMemoryBatchSource source = rows.OpenSource();
        using IBatchReader reader = source.Open(4, null);
        using IDisposable scope = torch.NewDisposeScope();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares);
        var meter = new LookAheadMeter(options, rows.Tasks, engine);
        meter.BeginEpoch(2);
        Batch first = reader.Read()!;
        meter.Sample(engine.ComputeLosses(first), first, 0, 0.01);
        TaskLookAhead alone = meter.Affinity!;
        Batch second = reader.Read()!;
        meter.Sample(engine.ComputeLosses(second), second, 1, 0.01);
        double[,] expected = engine.LookAhead(second, _all, 0.01);

        Assert.Equal((1, 2), (alone.NumberOfSteps, meter.Affinity!.NumberOfSteps));
        Assert.All(_all, task => Assert.True(double.IsNaN(alone.GetAffinity("Number", rows.Tasks[task].Name)) && double.IsNaN(alone.GetAffinity(rows.Tasks[task].Name, "Number"))));
        Assert.Equal(expected[2, 0], meter.Affinity.GetAffinity("Number", "Class"));
        Assert.Equal((alone.GetAffinity("Class", "Yes") + expected[0, 1]) / 2, meter.Affinity.GetAffinity("Class", "Yes"), 1e-12);
    }

    [Fact]
    public void One_task_alone_has_an_affinity_with_itself()
    {
        var rows = new TrainingRows(12);
        using var network = NetworkKinds.Create(Descriptions.Hard(TrainingRows.FeatureCount, [1], [5], [3]));
        network.Initialize(new CounterRandom(2, 50), [[0f]]);
        TabularData data = new() { RowCount = 12, FeatureCount = TrainingRows.FeatureCount, Features = rows.Features, Labels = [rows.Labels[1]], LabelWidths = [1] };
        PredictionTask[] tasks = [rows.Tasks[1]];
        HardParameterSharingOptions options = new() { Tasks = tasks, BatchSize = 4, AffinitySamplingInterval = 3, MaximumNumberOfEpochs = 1 };
        var source = new InMemoryBatchSource(data, new LabelTargets(data, tasks, [rows.Infos[1]]));
        using var session = new TrainingSession(options, tasks, 1, [new Learner(options, tasks, [tasks[0].CreateMetric(rows.Infos[1])], 1, new TorchEngine(network, tasks, source.LabelledShares))], source, null);
        TrainingEpoch epoch = session.RunEpoch();

        Assert.Equal((1, 1), (epoch.Affinity!.TaskNames.Count, epoch.Affinity.NumberOfSteps));
        Assert.True(epoch.Affinity.GetAffinity("Yes", "Yes") > 0);
    }

    [Theory]
    [InlineData(5, null, null, 1)]
    [InlineData(30, null, null, 3)]
    [InlineData(1000, null, null, 100)]
    [InlineData(1000, null, 7, 7)]
    [InlineData(1000, 5, 7, 5)]
    public void A_training_that_is_run_to_measure_is_sampled_about_ten_times_an_epoch(int steps, int? given, int? own, int expected) =>
        Assert.Equal(expected, new AffinitySampling(given).GetInterval(steps, own));
}
