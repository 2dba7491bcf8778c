using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Models;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>A network for each group of tasks, in one model.</summary>
public sealed class TaskGroupsTrainerTests : IDisposable
{
    private static readonly string[] _tasks = ["Color", "Big", "Size", "Tags"];

    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;

    public TaskGroupsTrainerTests() => _data = TestData.View(_ml);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_group_is_what_its_trainer_learns_of_these_tasks_alone()
    {
        HardParameterSharingTrainer trainer = Hard(_tasks);
        using MultiTaskTransformer model = Trainers.TaskGroups(trainer, ["Tags", "Big"], ["Size", "Color"]).Fit(_data);
        using MultiTaskTransformer one = Hard(["Big", "Tags"]).Fit(_data);
        using MultiTaskTransformer other = Hard(["Color", "Size"]).Fit(_data);
        using MultiTaskTransformer together = trainer.Fit(_data);

        Assert.Equal(_tasks, Names(model));
        Assert.Equal([["Big", "Tags"], ["Color", "Size"]], model.Members.Select(Names));
        Assert.Equal(Bytes(one), Bytes(model.Members[0]));
        Assert.Equal(Bytes(other), Bytes(model.Members[1]));
        Assert.Equal(Bytes(one), Bytes(model, one.Tasks));
        Assert.Equal(Bytes(other), Bytes(model, other.Tasks));
        Assert.NotEqual(Bytes(together), Bytes(model));
        Assert.Null(model.History);
        Assert.Equal([["Big", "Tags"], ["Color", "Size"]], model.Members.Select(member => member.History!.TaskNames));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Members[1].Transform(_data));
    }

    [Fact]
    public void One_group_of_all_tasks_is_the_trainer_itself()
    {
        HardParameterSharingTrainer trainer = Hard(_tasks);
        using MultiTaskTransformer model = Trainers.TaskGroups(trainer, _tasks).Fit(_data);
        using MultiTaskTransformer alone = trainer.Fit(_data);

        Assert.Equal(Bytes(alone), Bytes(model));
    }

    [Fact]
    public void Different_trainers_keep_their_options_and_seeds_whatever_they_are_part_of()
    {
        EnsembleTrainer first = Trainers.Ensemble(Hard(["Size", "Color"], seed: 5), 2);
        SoftParameterSharingTrainer second = Trainers.SoftParameterSharing(new SoftParameterSharingOptions { Tasks = Tasks(["Tags", "Big"]), TrunkLayers = [6], HeadLayers = [], MaximumNumberOfEpochs = 2, Seed = 9 });
        TaskGroupsTrainer trainer = Trainers.TaskGroups(first, second);
        using MultiTaskTransformer model = trainer.Fit(_data);
        using MultiTaskTransformer ensemble = first.Fit(_data);
        using MultiTaskTransformer soft = second.Fit(_data);
        using MultiTaskTransformer larger = Trainers.Ensemble([trainer, Hard(["Size", "Color", "Tags", "Big"])]).Fit(_data);

        Assert.Equal(["Size", "Color", "Tags", "Big"], Names(model));
        Assert.Equal(Names(model), trainer.Tasks.Select(task => task.Name));
        Assert.Equal(Bytes(ensemble), Bytes(model.Members[0]));
        Assert.Equal(Bytes(soft), Bytes(model.Members[1]));
        Assert.Equal(Bytes(model), Bytes(larger.Members[0]));
        using MultiTaskTransformer seeded = Trainers.TaskGroups(new TaskGroupsOptions { Trainers = [first, second], Seed = 4 }).Fit(_data);
        Assert.NotEqual(Bytes(ensemble), Bytes(seeded.Members[0]));
        Assert.NotEqual(Bytes(soft), Bytes(seeded.Members[1]));
    }

    [Fact]
    public void Groups_in_parallel_are_the_same_as_one_after_the_other()
    {
        byte[] Train(int parallel)
        {
            using MultiTaskTransformer model = Trainers.TaskGroups(new TaskGroupsOptions { Trainers = [Hard(_tasks)], Groups = [["Color"], ["Big", "Size"], ["Tags"]], MaximumNumberOfParallelGroups = parallel }).Fit(_data);
            return Bytes(model);
        }

        Assert.Equal(Train(1), Train(3));
    }

    [Fact]
    public void Groups_inside_groups_and_ensembles_survive_a_file()
    {
        TaskGroupsTrainer inner = Trainers.TaskGroups(Hard(["Color", "Big", "Size"]), ["Color", "Size"], ["Big"]);
        TaskGroupsTrainer outer = Trainers.TaskGroups(inner, Trainers.Ensemble(Hard(["Tags"]), 2));
        using MultiTaskTransformer model = Trainers.Ensemble(new EnsembleOptions { Members = [outer], NumberOfMembers = 2, Bootstrap = true, FeatureFraction = 0.5 }).Fit(_data);
        _ml.MultiTask.SaveAtomically(model, _data.Schema, _folder["model.zip"]);
        using var loaded = (MultiTaskTransformer)_ml.MultiTask.Load(_folder["model.zip"], out _);

        Assert.Equal(_tasks, Names(loaded));
        Assert.Equal(Bytes(model), Bytes(loaded));
        Assert.All(loaded.Members, member => Assert.Equal([["Color", "Big", "Size"], ["Tags"]], member.Members.Select(Names)));
        Assert.All(loaded.Members, member => Assert.Equal([["Color", "Size"], ["Big"]], member.Members[0].Members.Select(Names)));
        Assert.NotEqual(Bytes(model.Members[0]), Bytes(model.Members[1]));

        // The groups of a member see the same half of the features, and the members another one.
        string[][] slots = [.. model.Model.Members.Select(member => member.Members[0].Members.Select(group => string.Join(' ', ((NetworkModel)group).FeatureSlots!.Slots)).Distinct().ToArray())];
        Assert.All(slots, own => Assert.Single(own));
    }

    [Fact]
    public void Progress_tells_the_group()
    {
        var told = new List<(int, int, int, string)>();
        var report = new Report(progress => told.Add((progress.Member, progress.NumberOfMembers, progress.Epoch, string.Join(' ', progress.TrainingLosses.Keys))));
        using MultiTaskTransformer model = Trainers.TaskGroups(new TaskGroupsOptions { Trainers = [Hard(_tasks)], Groups = [["Size"], ["Color", "Big", "Tags"]], Progress = report }).Fit(_data);

        Assert.Equal([(1, 2, 1, "Size"), (1, 2, 2, "Size"), (2, 2, 1, "Color Big Tags"), (2, 2, 2, "Color Big Tags")], told);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public void A_run_that_was_cut_off_goes_on_after_its_last_finished_group(int group, int epoch)
    {
        TaskGroupsTrainer Create(Action<TrainingProgress> then, CancellationToken token = default) => Trainers.TaskGroups(new TaskGroupsOptions
        {
            Trainers = [Hard(_tasks, seed: 5)],
            Groups = [["Color"], ["Big", "Size"], ["Tags"]],
            Progress = new Report(then),
            CancellationToken = token,
            Checkpointing = new Checkpointing(_folder["run"]),
        });
        using MultiTaskTransformer whole = Create(_ => { }).Fit(_data);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run"]));
        using var cancellation = new CancellationTokenSource();
        void CutOff(TrainingProgress progress)
        {
            if ((progress.Member, progress.Epoch) == (group, epoch))
            {
                cancellation.Cancel();
            }
        }

        OperationCanceledException e = Assert.Throws<OperationCanceledException>(() => Create(CutOff, cancellation.Token).Fit(_data));
        Assert.Equal(cancellation.Token, e.CancellationToken);
        var reported = new List<int>();
        using MultiTaskTransformer resumed = Create(progress => reported.Add(progress.Member)).Fit(_data);

        Assert.Equal(Bytes(whole), Bytes(resumed));
        Assert.Equal((epoch < 2 ? group : group + 1, 3), (reported[0], reported[^1]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public void An_ensemble_of_groups_goes_on_after_its_last_finished_group_too()
    {
        EnsembleTrainer Create(Action<TrainingProgress> then, CancellationToken token = default) => Trainers.Ensemble(new EnsembleOptions
        {
            Members = [Trainers.TaskGroups(Hard(_tasks, seed: 5), ["Color", "Big"], ["Size", "Tags"])],
            NumberOfMembers = 2,
            Progress = new Report(then),
            CancellationToken = token,
            Checkpointing = new Checkpointing(_folder["run"]),
        });
        using MultiTaskTransformer whole = Create(_ => { }).Fit(_data);
        using var cancellation = new CancellationTokenSource();
        void CutOff(TrainingProgress progress)
        {
            if (progress.Member == 2 && progress.TrainingLosses.ContainsKey("Size"))
            {
                cancellation.Cancel();
            }
        }

        Assert.Throws<OperationCanceledException>(() => Create(CutOff, cancellation.Token).Fit(_data));
        var reported = new List<string>();
        using MultiTaskTransformer resumed = Create(progress => reported.AddRange(progress.TrainingLosses.Keys)).Fit(_data);

        Assert.Equal(Bytes(whole), Bytes(resumed));
        Assert.Equal(["Size", "Tags"], reported);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run"]));
    }

    /// <summary>A model without some of its tasks would be none.</summary>
    [Theory]
    [InlineData("Color", false)]
    [InlineData("Size", true)]
    public void Where_the_best_is_wanted_cancelling_gives_a_model_if_every_group_has_one(string cancelledIn, bool gives)
    {
        using var cancellation = new CancellationTokenSource();
        HardParameterSharingTrainer trainer = Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = Tasks(_tasks),
            MaximumNumberOfEpochs = 5,
            OnCancellation = OnCancellation.ReturnBest,
            CancellationToken = cancellation.Token,
            Progress = new Report(progress =>
            {
                if (progress.TrainingLosses.ContainsKey(cancelledIn))
                {
                    cancellation.Cancel();
                }
            }),
        });
        TaskGroupsTrainer groups = Trainers.TaskGroups(trainer, ["Color", "Big"], ["Size", "Tags"]);
        if (gives)
        {
            using MultiTaskTransformer model = groups.Fit(_data);
            Assert.Equal([TrainingEnd.MaximumNumberOfEpochs, TrainingEnd.Cancellation], model.Members.Select(member => member.History!.End));
        }
        else
        {
            Assert.Equal(cancellation.Token, Assert.Throws<OperationCanceledException>(() => groups.Fit(_data)).CancellationToken);
        }
    }

    [Fact]
    public void Training_goes_on_from_the_same_groups_in_any_order_and_from_nothing_else()
    {
        using MultiTaskTransformer first = Trainers.TaskGroups(Hard(_tasks), ["Color", "Big"], ["Size", "Tags"]).Fit(_data);
        using MultiTaskTransformer plain = Hard(_tasks).Fit(_data);
        TaskGroupsTrainer trainer = Trainers.TaskGroups(Hard(_tasks), ["Tags", "Size"], ["Big", "Color"]);
        using MultiTaskTransformer fresh = trainer.Fit(_data);
        using MultiTaskTransformer further = trainer.Fit(_data, null, first);
        using MultiTaskTransformer option = Trainers.TaskGroups(Hard(_tasks, initial: first), ["Tags", "Size"], ["Big", "Color"]).Fit(_data);
        using MultiTaskTransformer group = Hard(["Size", "Tags"]).Fit(_data, null, first.Members[1]);

        Assert.Equal(Bytes(first), Bytes(fresh));
        Assert.NotEqual(Bytes(fresh), Bytes(further));
        Assert.Equal(Bytes(further), Bytes(option));
        Assert.Equal(Bytes(group), Bytes(further.Members[0]));
        Says(() => trainer.Fit(_data, null, plain), "exactly one model of the same task groups", "[Regression 'Size', MultilabelClassification 'Tags']", "which has no groups");
        Says(() => Trainers.TaskGroups(Hard(_tasks), ["Color"], ["Big", "Size", "Tags"]).Fit(_data, null, first), "the same task groups", "of the groups [MulticlassClassification 'Color', BinaryClassification 'Big']");
        Says(() => Trainers.TaskGroups(Hard(_tasks), _tasks).Fit(_data, null, first), "the same task groups");
        Says(() => Hard(_tasks).Fit(_data, null, first), "several networks");
        Says(() => Trainers.Ensemble(Hard(_tasks), 2).Fit(_data, null, first), "exactly one ensemble of 2 members");
    }

    [Fact]
    public void Other_tasks_leave_of_the_groups_what_they_have_in_common()
    {
        TaskGroupsTrainer trainer = Trainers.TaskGroups(Hard(_tasks), ["Color", "Big"], ["Size", "Tags"]);
        MultiTaskTrainer twin = trainer.With(new TrainerVariation { Tasks = Tasks(["Size"]) });
        using MultiTaskTransformer model = twin.Fit(_data);
        using MultiTaskTransformer alone = Hard(["Size"]).Fit(_data);
        using MultiTaskTransformer three = trainer.With(new TrainerVariation { Tasks = Tasks(["Tags", "Size", "Color"]), Seed = 3 }).Fit(_data);

        Assert.Equal(["Size"], twin.Tasks.Select(task => task.Name));
        Assert.Equal([["Size"]], model.Members.Select(Names));
        Assert.Equal(Bytes(alone), Bytes(model));
        Assert.Equal(["Tags", "Size", "Color"], Names(three));
        Assert.Equal([["Color"], ["Tags", "Size"]], three.Members.Select(Names));
    }

    /// <summary>A group that the teacher does not know is learned from labels alone.</summary>
    [Fact]
    public void Groups_learn_from_a_teacher_and_teach()
    {
        using MultiTaskTransformer teacher = Trainers.TaskGroups(Hard(["Color", "Big"], seed: 3), ["Color"], ["Big"]).Fit(_data);
        TaskGroupsTrainer student = Trainers.TaskGroups(Hard(_tasks), ["Color", "Big"], ["Size", "Tags"]);
        using MultiTaskTransformer taught = Trainers.Distillation(Teacher.From(teacher), student).Fit(_data);
        using MultiTaskTransformer parts = Trainers.TaskGroups(Trainers.Distillation(Teacher.From(teacher), Hard(_tasks)), ["Color", "Big"], ["Size", "Tags"]).Fit(_data);
        using MultiTaskTransformer alone = student.Fit(_data);

        Assert.Equal(Bytes(taught), Bytes(parts));
        Assert.NotEqual(Bytes(alone.Members[0]), Bytes(taught.Members[0]));
        Assert.Equal(Bytes(alone.Members[1]), Bytes(taught.Members[1]));
        Says(() => Trainers.Distillation(Teacher.From(teacher), Trainers.TaskGroups(Trainers.Distillation(Teacher.From(teacher), Hard(_tasks)), _tasks)).Fit(_data), "one teacher");
    }

    [Fact]
    public void Networks_that_train_together_are_not_groups()
    {
        TaskGroupsTrainer groups = Trainers.TaskGroups(Hard(_tasks), ["Color", "Big"], ["Size", "Tags"]);

        Says(() => Trainers.MutualLearning(groups), "Option Members", "TaskGroupsTrainer", "one network");
        Says(() => Trainers.JointTraining(groups), "Option Members", "TaskGroupsTrainer", "one network");
    }

    /// <summary>Weights, ideals and minima of tasks that are in another group do not disturb.</summary>
    [Fact]
    public void What_balancing_is_told_of_a_task_goes_to_the_group_that_has_it()
    {
        (TaskBalancing All, TaskBalancing Of)[] methods =
        [
            (TaskBalancing.Fixed(("Color", 3), ("Size", 2)), TaskBalancing.Fixed(("Color", 3))),
            (TaskBalancing.STCH(0.5, ("Color", 0.2f), ("Tags", 0.1f)), TaskBalancing.STCH(0.5, ("Color", 0.2f))),
            (TaskBalancing.FAMO(0.05, 1e-3, ("Color", 0.01f), ("Tags", 0.02f)), TaskBalancing.FAMO(0.05, 1e-3, ("Color", 0.01f))),
        ];
        Assert.All(methods, method =>
        {
            using MultiTaskTransformer model = Trainers.TaskGroups(Hard(_tasks, balancing: method.All), ["Color", "Big"], ["Size", "Tags"]).Fit(_data);
            using MultiTaskTransformer alone = Hard(["Color", "Big"], balancing: method.Of).Fit(_data);
            using MultiTaskTransformer untold = Hard(["Color", "Big"]).Fit(_data);

            Assert.Equal(Bytes(alone), Bytes(model.Members[0]));
            Assert.NotEqual(Bytes(untold), Bytes(model.Members[0]));
        });
    }

    [Fact]
    public void A_group_without_the_task_that_is_watched_watches_its_own()
    {
        static EarlyStopping Watch(EarlyStoppingMonitor monitor) => new() { Monitor = monitor, Patience = 1 };
        HardParameterSharingTrainer Create(string[] names, EarlyStoppingMonitor monitor) => Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = Tasks(names),
            ValidationFraction = 0.3f,
            LearningRate = 0.1,
            MaximumNumberOfEpochs = 8,
            Seed = 1,
            EarlyStopping = Watch(monitor),
        });
        using MultiTaskTransformer model = Trainers.TaskGroups(Create(_tasks, EarlyStoppingMonitor.Loss("Size")), ["Color", "Big"], ["Size", "Tags"]).Fit(_data);
        using MultiTaskTransformer without = Create(["Color", "Big"], EarlyStoppingMonitor.RelativeLoss()).Fit(_data);
        using MultiTaskTransformer with = Create(["Size", "Tags"], EarlyStoppingMonitor.Loss("Size")).Fit(_data);

        Assert.Equal(Bytes(without), Bytes(model.Members[0]));
        Assert.Equal(Bytes(with), Bytes(model.Members[1]));
    }

    private MultiTaskTrainers Trainers => _ml.MultiTask.Trainers;

    private static PredictionTask[] Tasks(IEnumerable<string> names) => [.. names.Select(name => TestData.Tasks().Single(task => task.Name == name))];

    private static IEnumerable<string> Names(MultiTaskTransformer model) => model.Tasks.Select(task => task.Name);

    private static void Says(Action act, params string[] words)
    {
        string message = Assert.Throws<ArgumentException>(act).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    private HardParameterSharingTrainer Hard(IEnumerable<string> tasks, int seed = 7, TaskBalancing? balancing = null, ITransformer? initial = null) => Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = Tasks(tasks),
        SharedLayers = [8],
        HeadLayers = [],
        MaximumNumberOfEpochs = 2,
        LearningRate = 0.01,
        Seed = seed,
        Balancing = balancing ?? TaskBalancing.Sum(),
        InitialModel = initial,
    });

    private byte[] Bytes(MultiTaskTransformer model, IEnumerable<PredictionTask>? tasks = null) => ScoreBytes.Of(model.Transform(_data), [.. (tasks ?? model.Tasks).SelectMany(task => task.OutputColumnNames)]);
}
