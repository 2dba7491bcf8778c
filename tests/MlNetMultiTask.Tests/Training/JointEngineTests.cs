using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Steps of networks that are trained together, on rows that have labels for some tasks only, beside the formula that they follow.</summary>
public sealed class JointEngineTests : IDisposable
{
    private static readonly double[] _ones = [1, 1, 1, 1, 1];

    private readonly IDisposable _scope = torch.NewDisposeScope();
    private readonly TrainingRows _rows = new(9, weights: true);
    private readonly InMemoryBatchSource _source;
    private readonly Batch _batch;

    public JointEngineTests()
    {
        for (int row = 0; row < _rows.RowCount; row++)
        {
            for (int task = 0; task < 4; task++)
            {
                Array.Fill(_rows.Labels[task], float.NaN, row * _rows.Widths[task], row % 4 == task || row > 5 ? 0 : _rows.Widths[task]);
            }
        }

        _source = _rows.OpenSource();
        using IBatchReader reader = _source.Open(_rows.RowCount, null);
        _batch = reader.Read()!;
    }

    public void Dispose()
    {
        _source.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(0.7, false)]
    [InlineData(0.7, true)]
    public void Gradients_are_those_of_the_written_formula(double ownLossWeight, bool sharesLayers)
    {
        using JointNetwork network = Create(sharesLayers ? [4] : []);
        network.OwnLossWeight = ownLossWeight;
        using var engine = new TorchEngine(network, _rows.Tasks, _source.LabelledShares);
        StepLosses losses = engine.ComputeLosses(_batch);
        engine.Backward(_ones);
        float[] actual = engine.Parameters.GradientSpan.ToArray();
        engine.Parameters.GradientSpan.Clear();

        // Σ wᵢ (Lᵢ(mean of the raw outputs) + α mean over members of Lᵢ(their own)), by torch's own differentiation.
        IReadOnlyList<torch.Tensor?>[] members = [.. Enumerable.Range(0, 2).Select(i => network.GetMember(i).Forward(_batch.Features).Raw)];
        torch.Tensor total = torch.zeros(1);
        for (int i = 0; i < 5; i++)
        {
            torch.Tensor Rows(torch.Tensor raw) =>
                _rows.Tasks[i].GetRowLosses(raw, _batch.Targets[i]) is var rows && _batch.Targets[i].LabelWeights is { } mask ? rows * mask * _batch.RowWeights! : rows * _batch.RowWeights!;
            (torch.Tensor first, torch.Tensor second) = (members[0][i]!, members[1][i]!);
            torch.Tensor fused = Rows(first.Plus(second).Times(0.5));
            torch.Tensor own = Rows(first).mean().Plus(Rows(second).mean()).Times(0.5);
            double factor = _rows.Tasks[i].LossWeight / _source.LabelledShares[i];
            torch.Tensor optimized = fused.mean().Plus(own.Times(ownLossWeight)).Times(factor);
            total = total.Plus(optimized);

            Assert.Equal(fused.sum().item<float>(), losses.RowSums[i], 1e-4);
            Assert.Equal(optimized.item<float>(), losses.Losses[i], 1e-5);
        }

        total.backward();
        float[] expected = engine.Parameters.GradientSpan.ToArray();

        Assert.Contains(expected, value => value != 0);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * expected.Max(Math.Abs)));
    }

    [Fact]
    public void Shared_gradients_that_are_combined_evenly_are_those_of_the_sum()
    {
        using JointNetwork network = Create([4]);
        network.OwnLossWeight = 0.5;
        using var engine = new TorchEngine(network, _rows.Tasks, _source.LabelledShares);
        engine.ComputeLosses(_batch);
        engine.Backward(_ones);
        float[] expected = engine.Parameters.GradientSpan.ToArray();
        engine.ComputeLosses(_batch);
        engine.ComputeSharedGramian(keepsGraph: false);
        engine.CombineSharedGradients(_ones);

        Assert.True(engine.Parameters.SharedCount > 0);
        Assert.All(expected.Zip(engine.Parameters.GradientSpan.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * expected.Max(Math.Abs)));
    }

    [Fact]
    public void Validation_measures_the_mean_output_alone()
    {
        using JointNetwork network = Create([]);
        double[] Measure(double ownLossWeight)
        {
            network.OwnLossWeight = ownLossWeight;
            using var engine = new TorchEngine(network, _rows.Tasks, _source.LabelledShares);
            (double[] sums, double[] weights) = (new double[5], new double[5]);
            engine.Measure(_batch, sums, weights);
            return [.. sums, .. weights];
        }

        Assert.Equal(Measure(0), Measure(3));
    }

    [Fact]
    public void A_task_that_is_frozen_stays_in_all_members()
    {
        using JointNetwork network = Create([4]);
        network.OwnLossWeight = 1;
        using var engine = new TorchEngine(network, _rows.Tasks, _source.LabelledShares);
        float[] before = engine.ExportParameters();
        engine.Freeze(1, before);
        engine.ComputeLosses(_batch);
        engine.Backward(_ones);
        engine.Update(0.01);
        float[] after = engine.ExportParameters();

        Assert.Equal(before[engine.Parameters.GetTaskRange(network, 1)], after[engine.Parameters.GetTaskRange(network, 1)]);
        Assert.NotEqual(before[engine.Parameters.GetTaskRange(network, 2)], after[engine.Parameters.GetTaskRange(network, 2)]);
    }

    private JointNetwork Create(int[] shared)
    {
        int[] outputs = [.. _rows.Infos.Select(info => info.OutputCount)];
        var hidden = new HiddenLayers(Activation.GELU, false);
        var network = (JointNetwork)NetworkKinds.Create(Descriptions.Joint(TrainingRows.FeatureCount, outputs, shared, hidden, width =>
            [Descriptions.Hard(width, outputs, [5], [3], hidden), Descriptions.Soft(width, outputs, [5], [3], hidden)]));
        network.Initialize(new CounterRandom(2, 50), [.. outputs.Select(count => new float[count])]);
        return network;
    }
}
