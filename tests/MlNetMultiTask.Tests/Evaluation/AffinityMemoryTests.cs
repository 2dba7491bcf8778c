using Microsoft.ML;
using TorchSharp;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>The networks that are trained to be measured are gone afterwards. Live tensors are counted for the whole process, so nothing else may run beside this.</summary>
[Collection("NotParallel")]
public sealed class AffinityMemoryTests
{
    [Fact]
    public void Nothing_is_left_of_a_measurement()
    {
        var ml = new MLContext(1);
        IDataView data = AffinityRow.Load(ml, 1);
        MultiTaskTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(AffinityRow.Options(epochs: 1));
        ml.MultiTask.MeasureAffinity(data, null, trainer);
        long before = Live();
        ml.MultiTask.MeasureAffinity(data, null, trainer);

        Assert.Equal(before, Live());
    }

    private static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
