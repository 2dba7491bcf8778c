using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Live tensors are counted for the whole process, so nothing else may run beside these.</summary>
[Collection("NotParallel")]
public sealed class LiveTensorTests
{
    private static readonly double[] _ones = [1, 1, 1, 1, 1];

    [Theory]
    [InlineData(false, BalancedGradients.Automatic)]
    [InlineData(true, BalancedGradients.OfParameters)]
    [InlineData(true, BalancedGradients.OfRepresentation)]
    public void Steps_leave_no_tensors_behind(bool gramian, BalancedGradients mode)
    {
        var rows = new TrainingRows(20, weights: true);
        rows.Labels[0][3] = float.NaN;
        rows.Labels[3][5] = float.NaN;
        using MultiTaskNetwork network = rows.CreateNetwork();
        using InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares) { BalancedGradients = mode };
        Epoch(engine, source, gramian);
        long before = Settle();
        Epoch(engine, source, gramian);

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Measuring_exporting_and_importing_leave_no_tensors_behind()
    {
        var rows = new TrainingRows(20, weights: true);
        using MultiTaskNetwork network = rows.CreateNetwork();
        using InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares);
        long before = Settle();
        using (IBatchReader reader = source.Open(7, null))
        {
            using IDisposable scope = torch.NewDisposeScope();
            engine.Measure(reader.Read()!, new double[5], new double[5]);
        }

        engine.Import(engine.Export());

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Sources_give_back_what_they_took()
    {
        var rows = new TrainingRows(20, weights: true);
        rows.Labels[0][3] = float.NaN;
        rows.Labels[3][5] = float.NaN;
        long before = Settle();
        using (InMemoryBatchSource source = rows.OpenSource())
        {
            Assert.True(torch.Tensor.TotalCount > before);
            using IBatchReader reader = source.Open(7, new CounterRandom(1, 1).NextPermutation);
            using IDisposable scope = torch.NewDisposeScope();
            Assert.NotNull(reader.Read());
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    /// <summary>The network is made outside: TorchSharp goes on counting each tensor that a new parameter has taken over.</summary>
    [Fact]
    public void Engines_give_back_what_they_took()
    {
        var rows = new TrainingRows(10);
        using MultiTaskNetwork network = rows.CreateNetwork();
        long before = Settle();
        using (var engine = new TorchEngine(network, rows.Tasks, _ones))
        {
            Assert.True(torch.Tensor.TotalCount > before);
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    /// <summary>The first steps are not let off: they divide and check what is shared.</summary>
    [Theory]
    [InlineData("Sum", BalancedGradients.OfParameters, null)]
    [InlineData("Sum", BalancedGradients.OfParameters, 2)]
    [InlineData("Sum", BalancedGradients.OfRepresentation, 2)]
    [InlineData("GradNorm", BalancedGradients.OfParameters, null)]
    [InlineData("FAMO", BalancedGradients.OfParameters, 1)]
    [InlineData("MGDA", BalancedGradients.OfParameters, null)]
    [InlineData("PCGrad", BalancedGradients.OfRepresentation, null)]
    [InlineData("UPGrad", BalancedGradients.OfRepresentation, 1)]
    [InlineData("Sum", BalancedGradients.OfParameters, null, 1)]
    [InlineData("FAMO", BalancedGradients.OfParameters, 2, 2)]
    [InlineData("UPGrad", BalancedGradients.OfRepresentation, null, 2)]
    public void A_session_gives_back_what_it_took(string method, BalancedGradients mode, int? interval, int? ahead = null)
    {
        var rows = new TrainingRows(20);
        rows.Labels[0][3] = float.NaN;
        using MultiTaskNetwork network = rows.CreateNetwork();
        long before = Settle();
        var options = new HardParameterSharingOptions { Tasks = rows.Tasks, BatchSize = 8, MaximumNumberOfEpochs = 2, Balancing = BalancingMethods.Create(method), GradientSamplingInterval = interval, AffinitySamplingInterval = ahead };
        InMemoryBatchSource source = rows.OpenSource();
        using (var session = new TrainingSession(options, rows.Tasks, 1, [new Learner(options, rows.Tasks, rows.CreateMetrics(), 1, new TorchEngine(network, rows.Tasks, source.LabelledShares) { BalancedGradients = mode })], source, rows.OpenSource()))
        {
            session.RunEpoch();
            session.RunEpoch();
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    private static void Epoch(TorchEngine engine, InMemoryBatchSource source, bool gramian)
    {
        using IBatchReader reader = source.Open(7, new CounterRandom(1, 1).NextPermutation);
        while (true)
        {
            using IDisposable scope = torch.NewDisposeScope();
            if (reader.Read() is not { } batch)
            {
                return;
            }

            engine.ComputeLosses(batch);
            if (gramian)
            {
                engine.ComputeSharedGramian(keepsGraph: false);
                engine.CombineSharedGradients(_ones);
            }
            else
            {
                engine.Backward(_ones);
            }

            engine.Update(1e-3);
        }
    }

    /// <summary>
    /// Tensors that earlier tests dropped are collected first: their finalizers would lower the count in the middle. Behind
    /// the test nothing is collected, so that what waits for its finalizer counts as left behind.
    /// </summary>
    private static long Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
