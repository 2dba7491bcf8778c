using System.Globalization;
using MlNetMultiTask.Collaboration;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="JointTrainingTrainer"/>.</summary>
public sealed class JointTrainingOptions
{
    /// <summary>
    /// Whose networks are trained together: one trainer, of whose network <see cref="NumberOfMembers"/> copies are made, or two trainers or more. Each is a trainer of one
    /// network that is none of joint training itself, and gives its network: its layers, and what its options say of how they share.
    /// What concerns the training (tasks, columns, batches, epochs, learning rate and so on) is said once for all, by the first, and the others must say the same. All
    /// listeners of progress are told, and training ends by one token, whichever of them has it. Seed, checkpointing and initial model count in the first only.
    /// </summary>
    /// <value>There is no default; at least one trainer is needed.</value>
    public IReadOnlyList<MultiTaskTrainer> Members { get; init; } = [];

    /// <summary>With one trainer, how many copies of its network there are; from 1 to 100. With several, null or their number.</summary>
    /// <value>The default is null: 3 copies of one network, or the networks of the trainers that are given.</value>
    public int? NumberOfMembers { get; init; }

    /// <summary>
    /// The widths of layers that all members share, from the features upwards: members read the last one's output instead of the features. A trunk in common is
    /// <c>[128, 64]</c> below members without layers of their own but their heads; an embedding in common is <c>[32]</c> below members with trunks of their own. Activation,
    /// normalisation and dropout are those of the first member.
    /// </summary>
    /// <value>The default is empty: the members share nothing but their loss.</value>
    public IReadOnlyList<int> SharedLayers { get; init; } = [];

    /// <summary>
    /// What all members share, instead of <see cref="SharedLayers"/>: convolutions, say, below members that are mixtures of experts. With one member, it puts a trunk below any network.
    /// </summary>
    /// <value>The default is null: dense layers of the widths <see cref="SharedLayers"/>.</value>
    public Trunk? SharedTrunk { get; init; }

    /// <summary>What the members' own losses weigh, in the mean over members, beside the loss of the mean output; 0 or more. The more, the more each member learns to be right alone.</summary>
    /// <value>The default is 0: only the mean output counts.</value>
    public double OwnLossWeight { get; init; }

    /// <summary>The seed of all random numbers of the training.</summary>
    /// <value>The default is null: the seed of the first trainer that is given.</value>
    public int? Seed { get; init; }

    /// <summary>Where the state of training is kept, so that it goes on where it was cut off.</summary>
    /// <value>The default is null: as the options of the first member say.</value>
    public Checkpointing? Checkpointing { get; init; }

    /// <summary>Is told of the progress, beside the listeners of the members' own options.</summary>
    /// <value>The default is null.</value>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends training, as <see cref="MultiTaskTrainerOptions.OnCancellation"/> of the first member says. Training ends by one token: it is given here, or in the members' options.</summary>
    /// <value>The default is <see cref="CancellationToken.None"/>: that of the members' options, if any.</value>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The members' trainers, one for each network.</summary>
    internal IReadOnlyList<NetworkTrainer> Trainers =>
        [.. Members.Count > 1 ? Members.Cast<NetworkTrainer>() : Enumerable.Repeat((NetworkTrainer)Members[0], NumberOfMembers ?? 3)];

    /// <summary>How the training is watched, kept and ended.</summary>
    internal TrainingRun Run => CommonRun.Get(Members, Progress, Checkpointing, CancellationToken);

    /// <summary>Checks every option once.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        CommonOptions.RequireMembers(Members, NumberOfMembers, 1, JointNetwork.MaximumNumberOfMembers);
        RequireLayers(SharedLayers, nameof(SharedLayers));
        Require(SharedTrunk is null || SharedLayers.Count == 0, nameof(SharedTrunk), "and SharedLayers both say what the members share; give one of them");
        Require(double.IsFinite(OwnLossWeight) && OwnLossWeight >= 0, nameof(OwnLossWeight), string.Create(CultureInfo.InvariantCulture, $"is {OwnLossWeight}; it must be 0 or more"));
        CommonOptions.RequireSameTraining(Members, sameSteps: true);
        CommonRun.Validate(Members, Checkpointing, CancellationToken);
    }
}
