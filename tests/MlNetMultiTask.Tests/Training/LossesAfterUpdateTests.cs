using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>What methods are told that compare the losses before and after an update.</summary>
public sealed class LossesAfterUpdateTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Where_nothing_was_updated_they_are_those_of_the_step_also_with_dropout(double dropout)
    {
        var rows = new TrainingRows(12);
        using IDisposable scope = torch.NewDisposeScope();
        using MultiTaskNetwork network = rows.CreateNetwork();
        using InMemoryBatchSource source = rows.OpenSource();
        using var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares, dropout: dropout);
        using IBatchReader reader = source.Open(rows.RowCount, null);
        Batch batch = reader.Read()!;
        engine.BeginEpoch(7);
        double[] first = engine.ComputeLosses(batch).Losses;

        Assert.Equal(first, engine.ComputeLossesAfterUpdate(batch));
        Assert.Equal(dropout == 0, engine.ComputeLosses(batch).Losses.SequenceEqual(first));
    }
}
