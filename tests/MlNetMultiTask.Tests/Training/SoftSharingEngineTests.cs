using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Steps of a network per task, on rows that have labels for some tasks only.</summary>
public sealed class SoftSharingEngineTests : IDisposable
{
    private static readonly double[] _ones = [1, 1, 1, 1, 1];

    private readonly IDisposable _scope = torch.NewDisposeScope();
    private readonly TrainingRows _rows = new(9, weights: true);
    private readonly SoftParameterSharingNetwork _network;
    private readonly InMemoryBatchSource _source;
    private readonly TorchEngine _engine;
    private readonly Batch _batch;

    public SoftSharingEngineTests()
    {
        // Each row has a label for one of the first four tasks; two rows of the last task have some of its slots, the others none.
        for (int row = 0; row < _rows.RowCount; row++)
        {
            for (int task = 0; task < 5; task++)
            {
                int width = _rows.Widths[task];
                bool kept = task == 4 ? row is 2 or 5 : row % 4 == task;
                Array.Fill(_rows.Labels[task], float.NaN, row * width, kept ? (task == 4 ? 1 : 0) : width);
            }
        }

        _network = (SoftParameterSharingNetwork)NetworkKinds.Create(
            Descriptions.Soft(TrainingRows.FeatureCount, [.. _rows.Infos.Select(info => info.OutputCount)], [5], [3], new HiddenLayers(Activation.GELU, false)));
        var random = new CounterRandom(2, 50);
        _network.Initialize(random, [.. _rows.Infos.Select(info => new float[info.OutputCount])]);
        _source = _rows.OpenSource();
        _engine = new TorchEngine(_network, _rows.Tasks, _source.LabelledShares);
        using IBatchReader reader = _source.Open(_rows.RowCount, null);
        _batch = reader.Read()!;
    }

    public void Dispose()
    {
        _engine.Dispose();
        _source.Dispose();
        _network.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Losses_and_gradients_are_those_of_all_rows_with_masks()
    {
        StepLosses losses = _engine.ComputeLosses(_batch);
        _engine.Backward(_ones);
        float[] actual = _engine.Parameters.GradientSpan.ToArray();
        _engine.Parameters.GradientSpan.Clear();
        NetworkOutputs outputs = _network.Forward(_batch.Features);
        torch.Tensor total = torch.zeros(1);
        for (int i = 0; i < 5; i++)
        {
            torch.Tensor rows = _rows.Tasks[i].GetRowLosses(outputs.Raw[i]!, _batch.Targets[i]) * _batch.Targets[i].LabelWeights! * _batch.RowWeights!;
            Assert.Equal(rows.sum().item<float>(), losses.RowSums[i], 1e-4);
            total = total.Plus(rows.mean() * torch.tensor((float)(_rows.Tasks[i].LossWeight / _source.LabelledShares[i])));
        }

        total.backward();
        float[] expected = _engine.Parameters.GradientSpan.ToArray();

        Assert.Contains(expected, value => value != 0);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * expected.Max(Math.Abs)));
    }

    [Fact]
    public void A_frozen_task_stays_where_it_is_though_the_others_pull_at_it()
    {
        _network.KeepClose(10, SharingScope.Trunk, null);
        Step();
        float[] before = _engine.ExportParameters();
        Range own = _engine.Parameters.GetTaskRange(_network, 1);
        Range other = _engine.Parameters.GetTaskRange(_network, 2);
        _engine.Freeze(1, before);
        Step();
        float[] after = _engine.ExportParameters();

        Assert.Equal(before[own], after[own]);
        Assert.NotEqual(before[other], after[other]);
    }

    private void Step()
    {
        _engine.ComputeLosses(_batch);
        _engine.Backward(_ones);
        _engine.Update(0.01);
    }
}
