using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Tests.Networks;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>Networks of users, with batch normalisation and dropout, in all that trains networks.</summary>
public sealed class CustomNetworkTrainerTests
{
    private static readonly string[] _outputs = [.. TestData.Tasks().SelectMany(task => task.OutputColumnNames)];

    private readonly MLContext _ml = new(1);

    static CustomNetworkTrainerTests()
    {
        SampleNetwork.Register();
        NormalizedNetwork.Register();
        OddNetwork.Register();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0.3")]
    public void The_best_epochs_buffers_come_back_with_its_parameters(string? dropout)
    {
        IDataView validation = TestData.View(_ml, 40, seed: 5);
        CustomNetworkOptions options = Options(12, dropout: dropout, learningRate: 0.3);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.CustomNetwork(options).Fit(TestData.View(_ml), validation);
        TrainingHistory history = model.History!;
        MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(validation), model.Tasks);

        // Torch's dropout draws from the process's generator: then the best epoch is another one each time.
        Assert.True(dropout is not null || history.BestEpoch < history.Epochs.Count);
        IReadOnlyDictionary<string, double> best = history.Epochs[history.BestEpoch - 1].ValidationMetrics!;
        Assert.Equal(best["Size"], metrics.Regression("Size").RSquared, 1e-4);
        Assert.Equal(best["Color"], metrics["Color"].Accuracy, 1e-6);
        Assert.True(dropout is not null || Math.Abs(history.Epochs[^1].ValidationMetrics!["Size"] - best["Size"]) > 1e-3);
    }

    [Fact]
    public void A_loaded_model_scores_the_same_and_training_goes_on_from_it()
    {
        IDataView data = TestData.View(_ml);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.CustomNetwork(Options(3, dropout: "0.2")).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        using var loaded = (MultiTaskTransformer)new MLContext().Model.Load(file, out _);

        Assert.Equal(Scores(model, data), Scores(loaded, data));
        using MultiTaskTransformer fromModel = _ml.MultiTask.Trainers.CustomNetwork(Options(2, seed: 4, dropout: "0.2")).Fit(data, null, model);
        using MultiTaskTransformer fromLoaded = _ml.MultiTask.Trainers.CustomNetwork(Options(2, seed: 4, dropout: "0.2")).Fit(data, null, loaded);
        Assert.NotEqual(Scores(model, data), Scores(fromModel, data));
        Assert.Contains("other", Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.CustomNetwork(Sample(2)).Fit(data, null, model)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_that_was_cut_off_ends_in_the_same_bits_buffers_included(bool freezes)
    {
        IDataView data = TestData.View(_ml);
        EarlyStopping stopping = new() { Patience = freezes ? 2 : 50, FreezeTasks = freezes };
        using MultiTaskTransformer whole = _ml.MultiTask.Trainers.CustomNetwork(Options(9, seed: 3, stopping: stopping, learningRate: 0.2)).Fit(data, data);
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        var cut = new Report(progress =>
        {
            if (progress is { Epoch: 5, IsEndOfEpoch: true })
            {
                source.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => _ml.MultiTask.Trainers.CustomNetwork(Options(9, seed: 3, stopping: stopping, learningRate: 0.2, folder: folder[""], progress: cut, token: source.Token)).Fit(data, data));
        Assert.NotEmpty(Directory.EnumerateFiles(folder[""]));
        using MultiTaskTransformer resumed = _ml.MultiTask.Trainers.CustomNetwork(Options(9, seed: 3, stopping: stopping, learningRate: 0.2, folder: folder[""])).Fit(data, data);

        Assert.Equal(Scores(whole, data), Scores(resumed, data));
        Assert.Equal(Weights(whole), Weights(resumed));
        Assert.Equal(whole.History!.Epochs.Count, resumed.History!.Epochs.Count);
    }

    [Fact]
    public void A_cancelled_training_gives_the_best_epoch_back_with_its_buffers()
    {
        IDataView data = TestData.View(_ml);
        IDataView validation = TestData.View(_ml, 40, seed: 5);
        using var source = new CancellationTokenSource();
        int batches = 0;
        var cut = new Report(progress =>
        {
            if (progress.Epoch == 6 && !progress.IsEndOfEpoch && ++batches == 2)
            {
                source.Cancel();
            }
        });
        CustomNetworkOptions options = new()
        {
            Tasks = TestData.Tasks(),
            NetworkName = NormalizedNetwork.RegisteredName,
            MaximumNumberOfEpochs = 20,
            BatchSize = 16,
            LearningRate = 0.2,
            Progress = cut,
            ProgressInterval = TimeSpan.Zero,
            CancellationToken = source.Token,
            OnCancellation = OnCancellation.ReturnBest,
        };
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.CustomNetwork(options).Fit(data, validation);

        Assert.Equal(TrainingEnd.Cancellation, model.History!.End);
        double best = model.History.Epochs[model.History.BestEpoch - 1].ValidationMetrics!["Size"];
        Assert.Equal(best, _ml.MultiTask.Evaluate(model.Transform(validation), model.Tasks).Regression("Size").RSquared, 1e-4);
    }

    [Fact]
    public void They_are_members_of_ensembles()
    {
        MultiTaskTrainer trainer = _ml.MultiTask.Trainers.Ensemble(_ml.MultiTask.Trainers.CustomNetwork(Sample(2)), numberOfMembers: 3);
        using MultiTaskTransformer model = Check(trainer);

        Assert.Equal(3, model.Members.Count);
        IDataView data = TestData.View(_ml);
        Assert.Equal(3, model.Members.Select(member => Convert.ToHexString(Scores(member, data))).Distinct().Count());
    }

    [Fact]
    public void They_are_trained_jointly_with_others()
    {
        MultiTaskTrainer hard = _ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), SharedLayers = [5], HeadLayers = [], MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01 });
        MultiTaskTrainer own = _ml.MultiTask.Trainers.CustomNetwork(new CustomNetworkOptions { Tasks = TestData.Tasks(), NetworkName = NormalizedNetwork.RegisteredName, MaximumNumberOfEpochs = 2, BatchSize = 16, LearningRate = 0.01 });
        using MultiTaskTransformer model = Check(_ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions { Members = [hard, own], SharedLayers = [6], OwnLossWeight = 0.5 }));
        using MultiTaskTransformer copies = Check(_ml.MultiTask.Trainers.JointTraining(_ml.MultiTask.Trainers.CustomNetwork(Sample(2)), numberOfMembers: 2));

        Assert.Equal(2, model.Members.Count);
        IDataView data = TestData.View(_ml);
        Assert.NotEqual(Scores(copies.Members[0], data), Scores(copies.Members[1], data));
    }

    [Fact]
    public void They_learn_from_one_another()
    {
        using MultiTaskTransformer model = Check(_ml.MultiTask.Trainers.MutualLearning(new MutualLearningOptions
        {
            Members = [_ml.MultiTask.Trainers.CustomNetwork(Options(2)), _ml.MultiTask.Trainers.CustomNetwork(Sample(2))],
            Result = MutualLearningResult.Ensemble,
        }));

        Assert.Equal(2, model.Members.Count);
    }

    [Fact]
    public void They_are_taught()
    {
        using MultiTaskTransformer teacher = _ml.MultiTask.Trainers.HardParameterSharing(TestData.Tasks(), maximumNumberOfEpochs: 2).Fit(TestData.View(_ml));
        using MultiTaskTransformer student = Check(_ml.MultiTask.Trainers.Distillation(Teacher.From(teacher), _ml.MultiTask.Trainers.CustomNetwork(Options(2))));
    }

    [Fact]
    public void A_trainer_of_fewer_tasks_asks_for_fewer_outputs()
    {
        IDataView data = TestData.View(_ml);
        var trainer = _ml.MultiTask.Trainers.CustomNetwork(Sample(2));
        using MultiTaskTransformer alone = trainer.With(new MlNetMultiTask.Trainers.TrainerVariation { Tasks = TestData.Tasks()[1..2] }).Fit(data);

        Assert.Equal("Big", Assert.Single(alone.Tasks).Name);
        Assert.Equal([1], ((NetworkModel)alone.Model).Description.OutputCounts);
    }

    [Fact]
    public void Settings_reach_the_factory_and_the_file()
    {
        IDataView data = TestData.View(_ml);
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.CustomNetwork(TestData.Tasks(), SampleNetwork.RegisteredName, new Dictionary<string, string> { [SampleNetwork.Width] = "7" }, maximumNumberOfEpochs: 1).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(file, out _);

        Assert.Equal([7, 4], ((NetworkModel)loaded.Model).ExportWeights().Single(tensor => tensor.Name == "module._weight").Shape);
        Assert.Equal("7", ((NetworkModel)loaded.Model).Description.Module!.Settings[SampleNetwork.Width]);
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        void Refuse(CustomNetworkOptions options, string words) =>
            Assert.Contains(words, Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.CustomNetwork(options)).Message, StringComparison.Ordinal);

        PredictionTask[] tasks = TestData.Tasks();
        Refuse(new() { Tasks = tasks }, "Option NetworkName is empty");
        Refuse(new() { Tasks = tasks, NetworkName = "nobody" }, "Option NetworkName names a network that can't be made. The custom network 'nobody' is not registered in this process: call MultiTaskNetworks.Register(\"nobody\", ...)");
        Refuse(new() { Tasks = tasks, NetworkName = "sample", Settings = null! }, "Option Settings is null");
        Refuse(new() { Tasks = tasks, NetworkName = "sample", Settings = new Dictionary<string, string> { ["a"] = null! } }, "Option Settings has an entry 'a', which is null");
        Refuse(new() { Tasks = tasks, NetworkName = "sample", Activation = Activation.GELU }, "Option Activation has no effect");
        Refuse(new() { Tasks = tasks, NetworkName = "sample", LayerNormalization = true }, "Option LayerNormalization has no effect");
        Refuse(new() { Tasks = tasks, NetworkName = "sample", Dropout = 0.1 }, "Option Dropout has no effect");
    }

    [Fact]
    public void What_the_module_does_wrong_is_an_arguments_fault_in_training()
    {
        var options = new CustomNetworkOptions { Tasks = TestData.Tasks(), NetworkName = OddNetwork.RegisteredName, Settings = new Dictionary<string, string> { [OddNetwork.What] = "fails" } };
        ArgumentException e = Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.CustomNetwork(options).Fit(TestData.View(_ml)));

        Assert.Contains("The custom network 'odd' failed on features [1, 4]: not yet", e.Message, StringComparison.Ordinal);
        Assert.IsType<NotImplementedException>(e.InnerException);
    }

    [Fact]
    public void A_batch_of_one_row_that_cant_be_normalised_is_explained()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => _ml.MultiTask.Trainers.CustomNetwork(Options(1, batchSize: 59)).Fit(TestData.View(_ml)));

        Assert.Contains("The custom network 'normalized' failed on features [1, 4] in training: Its buffer '_normalization.running_var' is no longer a finite number.", e.Message, StringComparison.Ordinal);
        Assert.Contains("choose a BatchSize that leaves no batch of one row", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_has_not_registered_the_network_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        IDataView raw = TestData.Raw(_ml);
        ITransformer chain = PersistenceContract.Chain(_ml, "CustomNetwork").Fit(raw);
        using MultiTaskTransformer model = _ml.MultiTask.Find(chain);
        _ml.Model.Save(chain, raw.Schema, folder["model.zip"]);

        string error = Contracts.FreshProcess.FailUnregistered(folder["model.zip"], raw);

        Assert.Contains("The custom network 'sample' is not registered in this process: call MultiTaskNetworks.Register(\"sample\", ...) once per process, before a model with it is trained or loaded.", error, StringComparison.Ordinal);
    }

    /// <summary>Trains, and looks whether the model scores the same from a file.</summary>
    private MultiTaskTransformer Check(MultiTaskTrainer trainer)
    {
        IDataView data = TestData.View(_ml);
        MultiTaskTransformer model = trainer.Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        using var loaded = (MultiTaskTransformer)_ml.Model.Load(file, out _);
        Assert.Equal(Scores(model, data), Scores(loaded, data));
        return model;
    }

    private static byte[] Scores(MultiTaskTransformer model, IDataView data) => ScoreBytes.Of(model.Transform(data), _outputs);

    private static byte[] Weights(MultiTaskTransformer model) => WeightsFile.Write(((NetworkModel)model.Model).ExportWeights());

    private static CustomNetworkOptions Sample(int epochs) => new() { Tasks = TestData.Tasks(), NetworkName = SampleNetwork.RegisteredName, MaximumNumberOfEpochs = epochs, BatchSize = 16 };

    private static CustomNetworkOptions Options(
        int epochs, int? seed = null, string? dropout = null, EarlyStopping? stopping = null, double learningRate = 0.01, int batchSize = 16, string? folder = null, IProgress<TrainingProgress>? progress = null, CancellationToken token = default) => new()
        {
            Tasks = TestData.Tasks(),
            NetworkName = NormalizedNetwork.RegisteredName,
            Settings = dropout is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["dropout"] = dropout },
            MaximumNumberOfEpochs = epochs,
            Seed = seed,
            BatchSize = batchSize,
            LearningRate = learningRate,
            EarlyStopping = epochs > 5 ? stopping ?? new EarlyStopping { Patience = 50 } : null,
            Checkpointing = folder is null ? null : new Checkpointing(folder),
            Progress = progress,
            CancellationToken = token,
        };
}
