using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>The trainers that take a trunk, with one.</summary>
internal static class TrunkTrainers
{
    /// <summary>The trainers of one network.</summary>
    public static readonly string[] OfOneNetwork = ["hard", "soft", "cross-stitch", "experts", "extraction", "joint"];

    /// <summary>All of them.</summary>
    public static readonly string[] All = [.. OfOneNetwork, "ensemble"];

    public static MultiTaskTrainer Create(MLContext ml, string trainer, Trunk trunk)
    {
        MultiTaskTrainers trainers = ml.MultiTask.Trainers;
        PredictionTask[] tasks = TestData.Tasks();
        return trainer switch
        {
            "hard" => trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = tasks, MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01, Seed = 7, Trunk = trunk, HeadLayers = [] }),
            "soft" => trainers.SoftParameterSharing(new SoftParameterSharingOptions { Tasks = tasks, MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01, Seed = 7, Trunk = trunk, HeadLayers = [] }),
            "cross-stitch" => trainers.CrossStitch(new CrossStitchOptions { Tasks = tasks, MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01, Seed = 7, Trunk = trunk, HeadLayers = [] }),
            "experts" => trainers.MultiGateMixtureOfExperts(
                new MultiGateMixtureOfExpertsOptions { Tasks = tasks, MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01, Seed = 7, Trunk = trunk, HeadLayers = [], NumberOfExperts = 2 }),
            "extraction" => trainers.ProgressiveLayeredExtraction(
                new ProgressiveLayeredExtractionOptions { Tasks = tasks, MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01, Seed = 7, Trunk = trunk, HeadLayers = [], ExpertLayers = [5], NumberOfSharedExperts = 1 }),
            "joint" => trainers.JointTraining(new JointTrainingOptions { Members = [Create(ml, "hard", Trunk.Dense(3)), Create(ml, "soft", Trunk.Residual(3, 1))], SharedTrunk = trunk }),
            _ => trainers.Ensemble(new EnsembleOptions { Members = [Create(ml, "hard", trunk)], NumberOfMembers = 2, Seed = 3 }),
        };
    }
}
