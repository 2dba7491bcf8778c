using System.Globalization;
using MlNetMultiTask.Collaboration;
using MlNetMultiTask.Training;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="MutualLearningTrainer"/>.</summary>
public sealed class MutualLearningOptions
{
    /// <summary>
    /// The trainers whose networks learn from one another: one, of which <see cref="NumberOfMembers"/> copies are made, each with another seed; or two or more, each with its own network,
    /// seed, learning rate, optimizer, balancing and dropout. All are trainers of one network, and have the same tasks, columns, batch size, number of epochs, validation rows and early stopping. All
    /// listeners of progress are told, and training ends by one token, whichever of them has it. Checkpointing and initial model count in the first only.
    /// </summary>
    /// <value>There is no default; at least one trainer is needed.</value>
    public IReadOnlyList<MultiTaskTrainer> Members { get; init; } = [];

    /// <summary>With one trainer, how many copies of it learn; from 2 to 1000. With several, null or their number.</summary>
    /// <value>The default is null: 2 copies of one trainer, or the trainers that are given.</value>
    public int? NumberOfMembers { get; init; }

    /// <summary>What the mean divergence from the peers weighs beside a network's loss against labels; 0 or more. 0: networks that are trained by themselves, side by side.</summary>
    /// <value>The default is 1, as in the article.</value>
    public double PeerWeight { get; init; } = 1;

    /// <summary>What becomes of the networks.</summary>
    /// <value>The default is <see cref="MutualLearningResult.BestMember"/>.</value>
    public MutualLearningResult Result { get; init; }

    /// <summary>How predictions become one where the result is the ensemble.</summary>
    /// <value>The default is <see cref="EnsembleCombiner.Mean"/>.</value>
    public EnsembleCombiner Combiner { get; init; } = EnsembleCombiner.Mean;

    /// <summary>When the networks have converged, so that training ends. Early stopping, where the trainers have it, ends training too, by the means over the networks. Null: never for this reason.</summary>
    /// <value>The default is a <see cref="MlNetMultiTask.Convergence"/> with its defaults.</value>
    public Convergence? Convergence { get; init; } = new();

    /// <summary>The seed of the rows' order, of the validation rows, and of the copies of one trainer.</summary>
    /// <value>The default is null: the seed of the (first) trainer that is given.</value>
    public int? Seed { get; init; }

    /// <summary>Where the state of all networks is kept, so that a training that was cut off goes on. Null: where the first trainer's options say.</summary>
    /// <value>The default is null.</value>
    public Checkpointing? Checkpointing { get; init; }

    /// <summary>Is told of the progress of all networks together, beside the listeners of the members' own options: losses and metrics are means over them.</summary>
    /// <value>The default is null.</value>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends training, as the members' option <see cref="MultiTaskTrainerOptions.OnCancellation"/> says. Training ends by one token: it is given here, or in the members' options.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>: that of the members' options, if any.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The trainers, one for each network.</summary>
    internal IReadOnlyList<NetworkTrainer> Learners => [.. Enumerable.Range(0, Members.Count > 1 ? Members.Count : NumberOfMembers ?? 2).Select(i => (NetworkTrainer)Members[Members.Count == 1 ? 0 : i])];

    /// <summary>How the training is watched, kept and ended.</summary>
    internal TrainingRun Run => CommonRun.Get(Members, Progress, Checkpointing, CancellationToken);

    /// <summary>Checks every option once.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        CommonOptions.RequireMembers(Members, NumberOfMembers, 2, Models.CompositeManifest.MaximumNumberOfMembers);
        CommonOptions.RequireDistinct(Members);
        CommonOptions.RequireSameTraining(Members, sameSteps: false);
        CommonRun.Validate(Members, Checkpointing, CancellationToken);
        Require(double.IsFinite(PeerWeight) && PeerWeight >= 0, nameof(PeerWeight), string.Create(CultureInfo.InvariantCulture, $"is {PeerWeight}; it must be 0 or more"));
        Require(Enum.IsDefined(Result), nameof(Result), string.Create(CultureInfo.InvariantCulture, $"is {Result}, which is none of its values"));
        Require(Combiner is not null, nameof(Combiner), "is null; EnsembleCombiner.Mean is the default");
        PredictionTask? refused = Result == MutualLearningResult.Ensemble ? Members[0].Tasks.FirstOrDefault(task => !Combiner!.Suits(task)) : null;
        Require(refused is null, nameof(Combiner), $"is {Combiner}, and the numbers of task '{refused?.Name}' are no classes to vote for; use Mean or Median");
        Require(Convergence is null or { Patience: > 0 }, nameof(Convergence), string.Create(CultureInfo.InvariantCulture, $"has the Patience {Convergence?.Patience}; it must be 1 or more"));
        Require(Convergence is null || (double.IsFinite(Convergence.MinimumDelta) && Convergence.MinimumDelta > 0), nameof(Convergence), string.Create(CultureInfo.InvariantCulture, $"has the MinimumDelta {Convergence?.MinimumDelta}; it must be above 0"));
    }
}
