using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>The trainers that must keep the contracts. A new trainer joins by a line here.</summary>
public static class TrainerCases
{
    private static readonly Dictionary<string, Func<MLContext, TrainerSetup, MultiTaskTrainer>> _all = new()
    {
        ["HardParameterSharing"] = (ml, setup) => ml.MultiTask.Trainers.HardParameterSharing(setup.To<HardParameterSharingOptions>()),
        ["SoftParameterSharing"] = (ml, setup) => ml.MultiTask.Trainers.SoftParameterSharing(setup.To<SoftParameterSharingOptions>()),
        ["CrossStitch"] = (ml, setup) => ml.MultiTask.Trainers.CrossStitch(setup.To<CrossStitchOptions>()),
        ["MultiGateMixtureOfExperts"] = (ml, setup) => ml.MultiTask.Trainers.MultiGateMixtureOfExperts(setup.To<MultiGateMixtureOfExpertsOptions>()),
        ["ProgressiveLayeredExtraction"] = (ml, setup) => ml.MultiTask.Trainers.ProgressiveLayeredExtraction(setup.To<ProgressiveLayeredExtractionOptions>()),
        ["CustomNetwork"] = (ml, setup) => ml.MultiTask.Trainers.CustomNetwork(setup.To<CustomNetworkOptions>((nameof(CustomNetworkOptions.NetworkName), SampleNetwork.RegisteredName))),
        ["Ensemble"] = (ml, setup) => ml.MultiTask.Trainers.Ensemble(ml.MultiTask.Trainers.HardParameterSharing(setup.To<HardParameterSharingOptions>()), numberOfMembers: 2),
        ["MutualLearning"] = (ml, setup) => ml.MultiTask.Trainers.MutualLearning(ml.MultiTask.Trainers.HardParameterSharing(setup.To<HardParameterSharingOptions>())),
        ["JointTraining"] = (ml, setup) => ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions
        {
            Members = [ml.MultiTask.Trainers.HardParameterSharing(setup.To<HardParameterSharingOptions>()), ml.MultiTask.Trainers.SoftParameterSharing(setup.To<SoftParameterSharingOptions>())],
            SharedTrunk = Trunk.Residual(width: 16, numberOfBlocks: 1),
            OwnLossWeight = 0.5,
        }),
        ["TaskGroups"] = (ml, setup) => ml.MultiTask.Trainers.TaskGroups(ml.MultiTask.Trainers.HardParameterSharing(setup.To<HardParameterSharingOptions>()), Divide([.. setup.Tasks.Select(task => task.Name)])),
        ["Distillation"] = (ml, setup) => Distil(ml, setup, ml.MultiTask.Trainers.HardParameterSharing(setup.To<HardParameterSharingOptions>())),
    };

    /// <summary>The trainers whose model comes of several trainings, each of which keeps the contracts of one, and the tasks that each learns.</summary>
    private static readonly Dictionary<string, Func<string[], string[][]>> _several = new() { ["Ensemble"] = tasks => [tasks, tasks], ["TaskGroups"] = Divide };

    /// <summary>The trainers that choose among networks by validation data, where there are any.</summary>
    private static readonly string[] _choosing = ["MutualLearning"];

    /// <summary>The options that a trainer refuses, since they can't have an effect: a network of the user's own has layers of its own.</summary>
    private static readonly Dictionary<string, string[]> _refused = new()
    {
        ["CustomNetwork"] = [nameof(TrainerSetup.Activation), nameof(TrainerSetup.LayerNormalization), nameof(TrainerSetup.Dropout)],
    };

    static TrainerCases() => SampleNetwork.Register();

    public static TheoryData<string> All { get; } = [.. _all.Keys];

    /// <summary>The trainers that train once: with one history, and one folder of checkpoints.</summary>
    public static TheoryData<string> OfOneTraining { get; } = [.. _all.Keys.Except(_several.Keys)];

    /// <summary>The trainers whose model does not depend on validation data, unless their options say so.</summary>
    public static TheoryData<string> OfTrainingDataAlone { get; } = [.. _all.Keys.Except(_choosing)];

    /// <summary>The trainers whose tasks share parameters.</summary>
    public static TheoryData<string> OfSharedParameters { get; } = [.. _all.Keys.Except(["SoftParameterSharing"])];

    /// <summary>The trainers whose hidden layers are as their options say.</summary>
    public static TheoryData<string> OfHiddenLayers { get; } = [.. _all.Keys.Except(_refused.Keys)];

    /// <summary>Every trainer with every type of label.</summary>
    public static TheoryData<string, string> AllWithLabelTypes { get; } = Combine(TestData.TasksByLabelType.Keys);

    /// <summary>Every trainer with cultures that write numbers, dates and letters otherwise.</summary>
    public static TheoryData<string, string> AllWithCultures { get; } = Combine(["", "tr-TR", "de-DE"]);

    /// <summary>Every trainer with these options, each named by its property and perhaps a comma and more, but for those that it refuses; or those alone.</summary>
    public static TheoryData<string, string> CombineOptions(IEnumerable<string> options, bool areRefused = false)
    {
        var data = new TheoryData<string, string>();
        foreach (string option in options)
        {
            foreach (string trainer in _all.Keys.Where(trainer => areRefused == Refuses(trainer, option.Split(',')[0])))
            {
                data.Add(trainer, option);
            }
        }

        return data;
    }

    public static bool Refuses(string name, string option) => _refused.TryGetValue(name, out string[]? refused) && refused.Contains(option);

    /// <summary>The setup without what the trainer refuses, for contracts that want many options at once.</summary>
    public static TrainerSetup WithoutRefused(string name, TrainerSetup setup) =>
        _refused.ContainsKey(name) ? setup with { Activation = Activation.ReLU, LayerNormalization = false, Dropout = 0 } : setup;

    /// <summary>The tasks of each training of which a trainer's model comes.</summary>
    public static string[][] GetTrainedTasks(string name, params string[] tasks) => _several.TryGetValue(name, out Func<string[], string[][]>? divide) ? divide(tasks) : [tasks];

    public static MultiTaskTrainer Create(string name, MLContext ml, TrainerSetup? setup = null) => _all[name](ml, setup ?? new TrainerSetup());

    public static TheoryData<string, string> Combine(IEnumerable<string> others)
    {
        var data = new TheoryData<string, string>();
        foreach (string other in others)
        {
            foreach (string trainer in _all.Keys)
            {
                data.Add(trainer, other);
            }
        }

        return data;
    }

    /// <summary>The first and the last tasks; a group for one task alone.</summary>
    private static string[][] Divide(string[] tasks) => [.. tasks.Chunk(Math.Max(1, (tasks.Length + 1) / 2))];

    /// <summary>
    /// A student of a teacher that knows the tags, where they are a task: the contracts on labels that are missing, or all the same, are of other tasks, since a teacher makes up for these. Where
    /// they are no task, labels alone are learned.
    /// </summary>
    private static DistillationTrainer Distil(MLContext ml, TrainerSetup setup, MultiTaskTrainer student)
    {
        bool isTaught = setup.Tasks.Any(task => task is { Name: "Tags", Kind: "MultilabelClassification" });
        ITransformer teacher = ml.Transforms.Conversion.ConvertType("TeacherScores", "Tags", DataKind.Single).Fit(TestData.Raw(ml, 1));
        return isTaught
            ? ml.MultiTask.Trainers.Distillation(Teacher.From(teacher, ("Tags", "TeacherScores")), student, temperature: 1, hardLabelWeight: 0.5f)
            : ml.MultiTask.Trainers.Distillation(Teacher.From(teacher, [.. setup.Tasks.Select(task => (task.Name, task.ScoreColumnName))]), student, hardLabelWeight: 1f);
    }
}
