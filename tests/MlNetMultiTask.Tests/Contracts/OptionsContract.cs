using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Each option does something: with it, a model is another one, and the same each time.</summary>
public sealed class OptionsContract
{
    private static readonly Dictionary<string, TrainerSetup> _setups = new()
    {
        ["Seed"] = new() { Seed = 5 },
        ["BatchSize"] = new() { BatchSize = 7 },
        ["MaximumNumberOfEpochs"] = new() { MaximumNumberOfEpochs = 3 },
        ["LearningRate"] = new() { LearningRate = 0.02 },
        ["LearningRate, cosine"] = new() { LearningRate = LearningRateSchedule.Cosine(0.01) },
        ["LearningRate, step"] = new() { LearningRate = LearningRateSchedule.Step(0.01, 1) },
        ["LearningRate, exponential"] = new() { LearningRate = LearningRateSchedule.Exponential(0.01, 0.5) },
        ["LearningRate, plateau"] = new() { MaximumNumberOfEpochs = 4, LearningRate = LearningRateSchedule.ReduceOnPlateau(0.01, 1), EarlyStopping = new EarlyStopping { Patience = null, MaximumDuration = TimeSpan.FromHours(1), MinimumDelta = 10 } },
        ["LearningRate, warm-up"] = new() { LearningRate = LearningRateSchedule.Constant(0.01).WithWarmUp(1) },
        ["Balancing"] = new() { Balancing = TaskBalancing.Fixed(("Color", 3)) },
        ["Balancing, learned"] = new() { Balancing = TaskBalancing.Uncertainty() },
        ["Balancing, faster"] = new() { Balancing = TaskBalancing.Uncertainty(0.1) },
        ["Optimizer, decay"] = new() { Optimizer = Optimizer.Adam(weightDecay: 0.1) },
        ["Optimizer, beta1"] = new() { Optimizer = Optimizer.Adam(beta1: 0.5) },
        ["Optimizer, beta2"] = new() { Optimizer = Optimizer.Adam(beta2: 0.9) },
        ["Optimizer, epsilon"] = new() { Optimizer = Optimizer.Adam(epsilon: 0.1) },
        ["Optimizer, AdamW"] = new() { Optimizer = Optimizer.AdamW() },
        ["Optimizer, SGD"] = new() { Optimizer = Optimizer.Sgd() },
        ["Optimizer, SGD without momentum"] = new() { Optimizer = Optimizer.Sgd(momentum: 0) },
        ["Optimizer, SGD with decay"] = new() { Optimizer = Optimizer.Sgd(weightDecay: 0.1) },
        ["Optimizer, Nesterov"] = new() { Optimizer = Optimizer.Sgd(nesterov: true) },
        ["MaximumGradientNorm"] = new() { MaximumGradientNorm = 0.01, Optimizer = Optimizer.Sgd() },
        ["Activation, GELU"] = new() { Activation = Activation.GELU },
        ["Activation, SiLU"] = new() { Activation = Activation.SiLU },
        ["Activation, Tanh"] = new() { Activation = Activation.Tanh },
        ["Activation, LeakyReLU"] = new() { Activation = Activation.LeakyReLU },
        ["LayerNormalization"] = new() { LayerNormalization = true },
        ["Dropout"] = new() { Dropout = 0.5 },
        ["ExampleWeightColumnName"] = new() { ExampleWeightColumnName = "Weight" },
        ["ValidationFraction"] = new() { ValidationFraction = 0.3f },
        ["ValidationColumnName"] = new() { ValidationColumnName = "Held" },
        ["SamplingKeyColumnName"] = new() { ValidationFraction = 0.3f, SamplingKeyColumnName = "Group" },
        ["exampleWeightColumnName of a task"] = new() { Tasks = [PredictionTask.MulticlassClassification("Color", exampleWeightColumnName: "Weight"), .. TestData.Tasks()[1..]] },
        ["classWeights"] = new() { Tasks = [PredictionTask.MulticlassClassification("Color", classWeights: ClassWeights.Balanced()), .. TestData.Tasks()[1..]] },
        ["classWeights of yes"] = new() { Tasks = [TestData.Tasks()[0], PredictionTask.BinaryClassification("Big", classWeights: ClassWeights.Positive(4)), .. TestData.Tasks()[2..]] },
        ["classWeights of a set"] = new() { Tasks = [.. TestData.Tasks()[..3], PredictionTask.MultilabelClassification("Tags", classWeights: ClassWeights.Positive(4))] },
        ["labelSmoothing of classes"] = new() { Tasks = [PredictionTask.MulticlassClassification("Color", labelSmoothing: 0.2f), .. TestData.Tasks()[1..]] },
        ["labelSmoothing of yes"] = new() { Tasks = [TestData.Tasks()[0], PredictionTask.BinaryClassification("Big", labelSmoothing: 0.2f), .. TestData.Tasks()[2..]] },
        ["labelSmoothing of a set"] = new() { Tasks = [.. TestData.Tasks()[..3], PredictionTask.MultilabelClassification("Tags", labelSmoothing: 0.2f)] },
    };

    public static TheoryData<string, string> Options { get; } = TrainerCases.CombineOptions(_setups.Keys);

    public static TheoryData<string, string> RefusedOptions { get; } = TrainerCases.CombineOptions(_setups.Keys, areRefused: true);

    [Theory]
    [MemberData(nameof(Options))]
    public void An_option_changes_the_model_and_the_model_is_the_same_each_time(string trainerName, string option)
    {
        byte[] without = Train(trainerName, new TrainerSetup());
        byte[] with = Train(trainerName, _setups[option]);

        Assert.NotEqual(without, with);
        Assert.Equal(with, Train(trainerName, _setups[option]));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void A_model_with_an_option_survives_a_file(string trainerName, string option)
    {
        using var fitted = new Fitted(trainerName, _setups[option]);
        using var folder = new TemporaryFolder();
        fitted.ML.MultiTask.SaveAtomically(fitted.Model, fitted.Data.Schema, folder["model.zip"]);

        using var loaded = (MultiTaskTransformer)fitted.ML.MultiTask.Load(folder["model.zip"], out _);

        Assert.Equal(ScoreBytes.Of(fitted.Scored, fitted.Outputs), ScoreBytes.Of(loaded.Transform(fitted.Data), fitted.Outputs));
        Assert.Equal(fitted.Model.Tasks.Select(task => task.Describe().ToString()), loaded.Tasks.Select(task => task.Describe().ToString()));
        Assert.Equal(Histories(fitted.Model), Histories(loaded));
        Assert.NotEmpty(Histories(loaded));
    }

    [Theory]
    [MemberData(nameof(RefusedOptions))]
    public void An_option_that_would_do_nothing_is_refused(string trainerName, string option)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => TrainerCases.Create(trainerName, new MLContext(1), _setups[option]));

        Assert.Contains($"Option {option.Split(',')[0]} has no effect", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Networks of two kinds go on from several representations, and one shares nothing.</summary>
    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Which_gradients_are_balanced_matters_together_with_a_method_on_gradients_alone(string trainerName)
    {
        var setup = new TrainerSetup { Balancing = TaskBalancing.MGDA() };
        var atTap = setup with { BalancedGradients = BalancedGradients.OfRepresentation };

        Assert.Equal(Train(trainerName, new TrainerSetup()), Train(trainerName, new TrainerSetup { BalancedGradients = BalancedGradients.OfRepresentation }));
        if (trainerName is "CrossStitch" or "ProgressiveLayeredExtraction" or "SoftParameterSharing")
        {
            string message = Assert.Throws<ArgumentException>(() => Train(trainerName, atTap)).Message;
            Assert.Contains(trainerName, message, StringComparison.Ordinal);
            Assert.Contains(trainerName == "SoftParameterSharing" ? "Balancing is MGDA" : "BalancedGradients is OfRepresentation", message, StringComparison.Ordinal);
            return;
        }

        byte[] ofParameters = Train(trainerName, setup with { BalancedGradients = BalancedGradients.OfParameters });
        Assert.Equal(ofParameters, Train(trainerName, setup));
        Assert.NotEqual(ofParameters, Train(trainerName, atTap));
        Assert.Equal(Train(trainerName, atTap), Train(trainerName, atTap));
    }

    private static IEnumerable<string> Histories(MultiTaskTransformer model) => [.. model.Members.Append(model).Select(part => part.History?.ToJson()).OfType<string>()];

    private static byte[] Train(string trainerName, TrainerSetup setup)
    {
        using var fitted = new Fitted(trainerName, setup);
        return ScoreBytes.Of(fitted.Scored, fitted.Outputs);
    }
}
