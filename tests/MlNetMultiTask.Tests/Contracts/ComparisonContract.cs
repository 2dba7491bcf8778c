using Microsoft.ML;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Every trainer can be compared with networks for single tasks, whatever its options say of several.</summary>
public sealed class ComparisonContract
{
    private readonly MLContext _ml = new(1);

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void It_is_compared_with_a_network_for_each_task(string name)
    {
        SingleTaskComparison comparison = _ml.MultiTask.CompareWithSingleTask(
            TestData.View(_ml), null, TrainerCases.Create(name, _ml, new TrainerSetup { MaximumNumberOfEpochs = 1 }), new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 2, Seed = 1 });

        Assert.Equal(4, comparison.Tasks.Count);
        Assert.All(comparison.Tasks, task => Assert.Equal(2, task.Main.PairCount));
        Assert.True(comparison.MultiTaskCost.ParameterCount > 0 && comparison.SingleTaskCost.ParameterCount > 0);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfSharedParameters), MemberType = typeof(TrainerCases))]
    public void What_is_said_of_other_tasks_does_not_disturb_a_network_for_one(string name)
    {
        var setup = new TrainerSetup
        {
            MaximumNumberOfEpochs = 2,
            Balancing = TaskBalancing.Fixed(("Color", 2f), ("Size", 0.5f)),
            ValidationFraction = 0.3f,
            EarlyStopping = new EarlyStopping { Monitor = EarlyStoppingMonitor.Loss("Color"), Patience = 1 },
        };
        MultiTaskTrainer trainer = TrainerCases.Create(name, _ml, setup);
        foreach (PredictionTask task in TestData.Tasks())
        {
            using MultiTaskTransformer model = trainer.With(TrainerVariation.Alone(task) with { Seed = 1 }).Fit(TestData.View(_ml));

            Assert.Equal([task.Name], model.Tasks.Select(own => own.Name));
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void More_epochs_are_asked_of_a_network_where_it_has_fewer_rows(string name)
    {
        using MultiTaskTransformer model = TrainerCases.Create(name, _ml, new TrainerSetup()).With(new TrainerVariation { Seed = 1, EpochFactor = 2.5 }).Fit(TestData.View(_ml));

        Assert.Equal(5, model.History!.Epochs.Count);
    }
}
