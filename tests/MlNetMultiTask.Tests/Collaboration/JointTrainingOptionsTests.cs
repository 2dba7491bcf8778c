using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>What joint training is told: mistakes are explained, and what members say about the run is heard.</summary>
public sealed class JointTrainingOptionsTests : IDisposable
{
    private static readonly TrainerSetup _setup = new();

    /// <summary>Settings of the training: what another member says instead, and both values in the message.</summary>
    private static readonly Dictionary<string, (TrainerSetup Other, string[] Words)> _settings = new()
    {
        ["FeatureColumnName"] = (_setup with { FeatureColumnName = "Sizes" }, ["Sizes", "Features"]),
        ["ExampleWeightColumnName"] = (_setup with { ExampleWeightColumnName = "Weight" }, ["Weight", "none"]),
        ["MaximumNumberOfEpochs"] = (_setup with { MaximumNumberOfEpochs = 33 }, ["33", "2"]),
        ["BatchSize"] = (_setup with { BatchSize = 33 }, ["33", "16"]),
        ["Activation"] = (_setup with { Activation = Activation.GELU }, ["GELU", "ReLU"]),
        ["LayerNormalization"] = (_setup with { LayerNormalization = true }, ["True", "False"]),
        ["Dropout"] = (_setup with { Dropout = 0.25 }, ["0.25", "0"]),
        ["LearningRate"] = (_setup with { LearningRate = LearningRateSchedule.Cosine(0.5) }, ["Cosine", "0.5", "0.01"]),
        ["Optimizer"] = (_setup with { Optimizer = Optimizer.Sgd() }, ["Sgd", "Adam"]),
        ["MaximumGradientNorm"] = (_setup with { MaximumGradientNorm = 2.5 }, ["2.5", "none"]),
        ["ValidationFraction"] = (_setup with { ValidationFraction = 0.5f }, ["0.5", "0"]),
        ["ValidationColumnName"] = (_setup with { ValidationColumnName = "Held" }, ["Held", "none"]),
        ["EarlyStopping"] = (_setup with { EarlyStopping = new EarlyStopping { Patience = 4 } }, ["patience 4", "none"]),
        ["Balancing"] = (_setup with { Balancing = TaskBalancing.Fixed(("Size", 2)) }, ["Fixed(Size 2)", "Sum"]),
        ["BalancedGradients"] = (_setup with { BalancedGradients = BalancedGradients.OfParameters }, ["OfParameters", "Automatic"]),
        ["GradientSamplingInterval"] = (_setup with { GradientSamplingInterval = 7 }, ["7", "none"]),
        ["AffinitySamplingInterval"] = (_setup with { AffinitySamplingInterval = 9 }, ["9", "none"]),
        ["NumberOfThreads"] = (_setup with { NumberOfThreads = 1 }, ["1", "none"]),
        ["ProgressInterval"] = (_setup with { ProgressInterval = TimeSpan.FromSeconds(3) }, ["00:00:03", "none"]),
        ["OnCancellation"] = (_setup with { OnCancellation = OnCancellation.ReturnBest }, ["ReturnBest", "Throw"]),
        ["Tasks"] = (_setup with { Tasks = TestData.Tasks()[..2] }, ["other tasks", "Regression(\"Size\")"]),
    };

    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;

    public JointTrainingOptionsTests() => _data = TestData.View(_ml);

    public static TheoryData<string> Settings => [.. _settings.Keys];

    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "none", ["Option Members", "is empty"] },
        { "null", ["Option Members", "contains null"] },
        { "ensemble", ["Option Members", "trainer 2 is EnsembleTrainer", "one network"] },
        { "joint", ["Option Members", "trainer 1 is JointTrainingTrainer", "its members instead"] },
        { "count", ["Option NumberOfMembers", "is 0", "1 to 100"] },
        { "many", ["Option NumberOfMembers", "is 101", "1 to 100"] },
        { "counts", ["Option NumberOfMembers", "is 3", "2 trainers"] },
        { "layers", ["Option SharedLayers", "0 units"] },
        { "no layers", ["Option SharedLayers", "null"] },
        { "weight", ["Option OwnLossWeight", "is -1"] },
        { "not a number", ["Option OwnLossWeight", "is NaN"] },
        { "loss weight", ["Option Members", "trainer 2 and trainer 1", "lossWeight 2", "lossWeight 1"] },
        { "smoothing", ["Option Members", "labelSmoothing 0.1"] },
        { "key", ["Option Members", "SamplingKeyColumnName", "Group", "none"] },
        { "tokens", ["Option CancellationToken", "one"] },
        { "checkpointing", ["Option Checkpointing", "NumberOfEpochs 0"] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_are_explained(string mistake, string[] words)
    {
        MultiTaskTrainer member = Hard(_setup);
        PredictionTask[] tasks = TestData.Tasks();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        JointTrainingOptions options = mistake switch
        {
            "none" => new(),
            "null" => new() { Members = [member, null!] },
            "ensemble" => new() { Members = [member, _ml.MultiTask.Trainers.Ensemble(member)] },
            "joint" => new() { Members = [_ml.MultiTask.Trainers.JointTraining(member)] },
            "count" => new() { Members = [member], NumberOfMembers = 0 },
            "many" => new() { Members = [member], NumberOfMembers = 101 },
            "counts" => new() { Members = [member, Hard(_setup)], NumberOfMembers = 3 },
            "layers" => new() { Members = [member], SharedLayers = [4, 0] },
            "no layers" => new() { Members = [member], SharedLayers = null! },
            "weight" => new() { Members = [member], OwnLossWeight = -1 },
            "not a number" => new() { Members = [member], OwnLossWeight = double.NaN },
            "loss weight" => new() { Members = [member, Hard(_setup with { Tasks = [PredictionTask.MulticlassClassification("Color", lossWeight: 2), .. tasks[1..]] })] },
            "smoothing" => new() { Members = [member, Hard(_setup with { Tasks = [PredictionTask.MulticlassClassification("Color", labelSmoothing: 0.1f), .. tasks[1..]] })] },
            "key" => new() { Members = [Hard(_setup with { ValidationFraction = 0.5f }), Hard(_setup with { ValidationFraction = 0.5f, SamplingKeyColumnName = "Group" })] },
            "tokens" => new() { Members = [Hard(_setup with { CancellationToken = first.Token })], CancellationToken = second.Token },
            _ => new() { Members = [member], Checkpointing = new Checkpointing(_folder["run"]) { NumberOfEpochs = 0 } },
        };
        string message = Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.JointTraining(options)).Message;

        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Members_that_say_otherwise_of_the_training_are_refused(string option)
    {
        (TrainerSetup other, string[] words) = _settings[option];
        string message = Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.JointTraining([Hard(_setup), Soft(other)])).Message;

        Assert.Contains("Option Members", message, StringComparison.Ordinal);
        Assert.Contains(option, message, StringComparison.Ordinal);
        Assert.Contains("give both the same", message, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    [Fact]
    public void No_setting_of_the_training_is_forgotten()
    {
        string[] heard = ["Progress", "Checkpointing", "InitialModel", "CancellationToken", "Seed"];
        string[] elsewhere = ["SamplingKeyColumnName"];

        Assert.Equal(
            typeof(MultiTaskTrainerOptions).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
            _settings.Keys.Concat(heard).Concat(elsewhere).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Several_trainers_are_needed_where_several_are_given() =>
        Assert.Contains("two trainers or more", Assert.Throws<ArgumentException>(() => _ml.MultiTask.Trainers.JointTraining([Hard(_setup)])).Message, StringComparison.Ordinal);

    [Fact]
    public void There_is_one_model_to_go_on_from()
    {
        using MultiTaskTransformer one = Hard(_setup).Fit(TestData.View(_ml));
        using MultiTaskTransformer other = Hard(_setup).Fit(TestData.View(_ml));
        void Says(Action act) => Assert.Contains("Option InitialModel of a member after the first", Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);

        Says(() => _ml.MultiTask.Trainers.JointTraining([Hard(_setup), Soft(_setup with { InitialModel = one })]));
        Says(() => _ml.MultiTask.Trainers.MutualLearning([Hard(_setup with { InitialModel = one }), Hard(_setup with { InitialModel = other })]));
    }

    [Fact]
    public void All_listeners_are_told_once()
    {
        var told = new List<(string, int, int)>();
        Report Listen(string name) => new(progress => told.Add((name, progress.Member, progress.Epoch)));
        Report both = Listen("both");
        Report second = Listen("second");
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions
        {
            Members = [Hard(_setup with { Progress = both }), Soft(_setup with { Progress = both }), Soft(_setup with { Progress = second })],
            Progress = Listen("own"),
        }).Fit(_data);

        Assert.Equal(["own", "both", "second", "own", "both", "second"], told.Select(report => report.Item1));
        Assert.Equal([1, 2], told.Where(report => report.Item1 == "own").Select(report => report.Item3));
        Assert.All(told, report => Assert.Equal(1, report.Item2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Whoever_is_told_cancels(int where)
    {
        using var cancellation = new CancellationTokenSource();
        var cutting = new Report(_ => cancellation.Cancel());
        TrainerSetup Setup(int member) => _setup with { CancellationToken = where == member ? cancellation.Token : default, MaximumNumberOfEpochs = 9, OnCancellation = OnCancellation.ReturnBest };
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions
        {
            Members = [Hard(Setup(1)), Soft(Setup(2))],
            Progress = cutting,
            CancellationToken = where == 0 ? cancellation.Token : default,
        }).Fit(_data);

        Assert.Equal(TrainingEnd.Cancellation, model.History!.End);
        Assert.Single(model.History.Epochs);
    }

    [Fact]
    public void A_run_that_was_cut_off_goes_on_and_another_training_does_not()
    {
        JointTrainingTrainer Create(double ownLossWeight, float strength, IProgress<TrainingProgress>? progress = null, CancellationToken token = default) => _ml.MultiTask.Trainers.JointTraining(new JointTrainingOptions
        {
            Members = [Hard(_setup with { MaximumNumberOfEpochs = 4 }), Soft(_setup with { MaximumNumberOfEpochs = 4 }, strength)],
            Seed = 5,
            SharedLayers = [6],
            OwnLossWeight = ownLossWeight,
            Progress = progress,
            CancellationToken = token,
            Checkpointing = new Checkpointing(_folder["run"]),
        });
        using MultiTaskTransformer whole = Create(0.5, 0.1f).Fit(_data);
        using var cancellation = new CancellationTokenSource();
        var cutting = new Report(progress =>
        {
            if (progress.Epoch == 2)
            {
                cancellation.Cancel();
            }
        });
        Assert.Equal(cancellation.Token, Assert.Throws<OperationCanceledException>(() => Create(0.5, 0.1f, cutting, cancellation.Token).Fit(_data)).CancellationToken);
        Assert.Contains("OwnLossWeight", Assert.Throws<ArgumentException>(() => Create(0.6, 0.1f).Fit(_data)).Message, StringComparison.Ordinal);
        Assert.Contains("SharingStrength of member 2", Assert.Throws<ArgumentException>(() => Create(0.5, 0.2f).Fit(_data)).Message, StringComparison.Ordinal);
        var epochs = new List<int>();
        using MultiTaskTransformer resumed = Create(0.5, 0.1f, new Report(progress => epochs.Add(progress.Epoch))).Fit(_data);

        string[] outputs = [.. whole.Tasks.SelectMany(task => task.OutputColumnNames)];
        Assert.Equal(3, epochs[0]);
        Assert.Equal(ScoreBytes.Of(whole.Transform(_data), outputs), ScoreBytes.Of(resumed.Transform(_data), outputs));
    }

    private HardParameterSharingTrainer Hard(TrainerSetup setup) => _ml.MultiTask.Trainers.HardParameterSharing(setup.To<HardParameterSharingOptions>());

    private SoftParameterSharingTrainer Soft(TrainerSetup setup, float strength = 1e-3f)
    {
        var options = setup.To<SoftParameterSharingOptions>();
        typeof(SoftParameterSharingOptions).GetProperty(nameof(options.SharingStrength))!.SetValue(options, strength);
        return _ml.MultiTask.Trainers.SoftParameterSharing(options);
    }
}
