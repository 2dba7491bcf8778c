using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Balancing in a training that was cut off in the middle of an epoch, and balancing methods of users' own.</summary>
public sealed class BalancingCheckpointContract : IDisposable
{
    private const BalancingNeeds AllOfLosses = BalancingNeeds.Losses | BalancingNeeds.Norms | BalancingNeeds.LossesAfterUpdate;

    private readonly TemporaryFolder _folder = new();

    private static TrainerSetup Setup => new() { MaximumNumberOfEpochs = 5, Dropout = 0.2, ValidationColumnName = "Held", GradientSamplingInterval = 2, AffinitySamplingInterval = 2 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_method_goes_on_to_the_same_bits() =>
        Assert.All(BalancingMethods.All, method => GoOn("HardParameterSharing", BalancingMethods.Create(method), cut: 3));

    [Fact]
    public void Gradients_of_the_representation_go_on_to_the_same_bits() =>
        Assert.All(BalancingMethods.OnGradients, method => GoOn("MultiGateMixtureOfExperts", BalancingMethods.Create(method), cut: 2, BalancedGradients.OfRepresentation));

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void What_a_method_remembers_and_draws_goes_on_with_every_trainer(string trainerName) =>
        Assert.All(BalancingMethods.Stateful.Union(BalancingMethods.Drawing).Where(method => IsTaken(trainerName, method)), method => GoOn(trainerName, BalancingMethods.Create(method), cut: 2));

    [Theory]
    [InlineData(AllOfLosses)]
    [InlineData(AllOfLosses | BalancingNeeds.Gramian)]
    [InlineData(BalancingNeeds.None)]
    public void A_method_of_a_users_own_is_told_what_it_needs_and_goes_on(BalancingNeeds needs)
    {
        GoOn("HardParameterSharing", new CountingBalancing(needs), cut: 3);
        GoOn("JointTraining", new CountingBalancing(needs), cut: 1);
    }

    [Fact]
    public void A_method_of_a_users_own_without_state_needs_a_line()
    {
        using var sum = new Fitted("HardParameterSharing");
        using var own = new Fitted("HardParameterSharing", new TrainerSetup { Balancing = new GivingBalancing(BalancingNeeds.None, step => [.. step.Tasks.Select(_ => 1.0)]) });
        using var half = new Fitted("HardParameterSharing", new TrainerSetup { Balancing = new GivingBalancing(BalancingNeeds.Gramian, step => [.. step.Tasks.Select(_ => 0.5)]) });

        Assert.Equal(ScoreBytes.Of(sum.Scored, sum.Outputs), ScoreBytes.Of(own.Scored, own.Outputs));
        Assert.All(half.Model.History!.Epochs.SelectMany(epoch => epoch.TaskWeights.Values), weight => Assert.Equal(0.5, weight));
        Assert.NotEqual(ScoreBytes.Of(sum.Scored, sum.Outputs), ScoreBytes.Of(half.Scored, half.Outputs));
    }

    [Theory]
    [InlineData(BalancingNeeds.None)]
    [InlineData(BalancingNeeds.Gramian)]
    public void Weights_that_are_none_end_training_with_the_methods_name(BalancingNeeds needs)
    {
        (Func<BalancingStep, double[]> Give, string Problem)[] mistakes =
        [
            (step => [.. step.Tasks.Select(task => task == 1 ? double.NaN : 1)], "task 'Big' the weight NaN"),
            (step => [.. step.Tasks.Select(_ => double.PositiveInfinity)], "the weight Infinity"),
            (step => [.. step.Tasks.Select(_ => 1e300)], "finite"),
            (step => [.. step.Tasks.Skip(1).Select(_ => 1.0)], "3 weights for 4 tasks"),
            (step => [.. step.Tasks.Append(9).Select(_ => 1.0)], "5 weights for 4 tasks"),
            (_ => [], "0 weights for 4 tasks"),
            (_ => null!, "0 weights for 4 tasks"),
        ];
        Assert.All(mistakes, mistake =>
        {
            string message = Assert.Throws<InvalidOperationException>(() => new Fitted("HardParameterSharing", new TrainerSetup { Balancing = new GivingBalancing(needs, mistake.Give) })).Message;
            Assert.Contains("method Giving", message, StringComparison.Ordinal);
            Assert.Contains(mistake.Problem, message, StringComparison.Ordinal);
        });
    }

    private static bool IsTaken(string trainerName, string method) => trainerName != "SoftParameterSharing" || !BalancingMethods.OfSharedParameters.Contains(method);

    /// <summary>Cuts a training off in the middle of the epoch behind a cut, and goes on.</summary>
    private void GoOn(string trainerName, TaskBalancing method, int cut, BalancedGradients mode = BalancedGradients.Automatic)
    {
        TrainerSetup setup = TrainerCases.WithoutRefused(trainerName, Setup with { Balancing = method, BalancedGradients = mode, GradientSamplingInterval = trainerName == "SoftParameterSharing" ? null : 2, AffinitySamplingInterval = trainerName == "SoftParameterSharing" ? null : 2 });
        using var whole = new Fitted(trainerName, setup);
        using var cancellation = new CancellationTokenSource();
        var checkpointing = new Checkpointing(_folder[""]);
        Assert.Throws<OperationCanceledException>(() => new Fitted(trainerName, setup with
        {
            Checkpointing = checkpointing,
            CancellationToken = cancellation.Token,
            ProgressInterval = TimeSpan.Zero,
            Progress = new Report(progress =>
            {
                if (progress.Epoch == cut + 1)
                {
                    cancellation.Cancel();
                }
            }),
        }));
        Assert.NotEmpty(Directory.EnumerateFiles(_folder[""]));
        using var resumed = new Fitted(trainerName, setup with { Checkpointing = checkpointing });

        Assert.Equal(ScoreBytes.Of(whole.Scored, whole.Outputs), ScoreBytes.Of(resumed.Scored, resumed.Outputs));
        Assert.Equal(Figures(whole), Figures(resumed));
        Assert.Empty(Directory.EnumerateFiles(_folder[""]));
    }

    /// <summary>The history but for its times.</summary>
    private static string[] Figures(Fitted fitted) => [.. fitted.Model.History!.ToJson().Split('\n').Where(line => !line.Contains("\"ticks\"", StringComparison.Ordinal))];
}
