using Microsoft.ML;
using TorchSharp;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Teachers are asked, and students given up, without tensors that stay behind. Live tensors are counted for the whole process, so nothing else may run beside these.</summary>
[Collection("NotParallel")]
public sealed class DistillationMemoryTests
{
    private static readonly PredictionTask[] _tasks = [PredictionTask.MulticlassClassification("Color"), PredictionTask.Regression("Number")];
    private static readonly string[] _colors = ["red", "green", "blue"];

    [Theory]
    [InlineData(TeacherDelivery.Once, null)]
    [InlineData(TeacherDelivery.OnTheFly, null)]
    [InlineData(TeacherDelivery.Once, 1.0)]
    public void Nothing_is_left_of_a_distillation(TeacherDelivery delivery, double? minimumFidelity)
    {
        var ml = new MLContext(1);
        IDataView data = TeacherData.Load(ml, TeacherRow.Draw(40), _colors);
        HardParameterSharingTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(_tasks, maximumNumberOfEpochs: 2);
        using MultiTaskTransformer teacher = trainer.Fit(data);
        DistillationTrainer distillation = ml.MultiTask.Trainers.Distillation(new DistillationOptions { Teacher = Teacher.From(teacher), Student = trainer, Delivery = delivery, MinimumFidelity = minimumFidelity });
        void Run()
        {
            if (minimumFidelity is null)
            {
                using MultiTaskTransformer student = distillation.Fit(data);
                ml.MultiTask.MeasureFidelity(data, Teacher.From(teacher), student);
            }
            else
            {
                Assert.Throws<InvalidOperationException>(() => distillation.Fit(data));
            }
        }

        Run();
        long before = Live();
        Run();

        Assert.Equal(before, Live());
    }

    private static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
