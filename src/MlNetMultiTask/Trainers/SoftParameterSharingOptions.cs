using System.Globalization;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="SoftParameterSharingTrainer"/>.</summary>
public sealed class SoftParameterSharingOptions : MultiTaskTrainerOptions
{
    /// <summary>The widths of the lower layers of each task's network, from the features upwards: those that are kept close. Empty: there are heads alone, kept close only in <see cref="SharingScope.TrunkAndHeads"/>.</summary>
    /// <value>The default is 128, 64.</value>
    public IReadOnlyList<int> TrunkLayers { get; init; } = DefaultLayers;

    /// <summary>What the lower layers of each task's network are made of, instead of <see cref="TrunkLayers"/>: residual blocks, convolutions, or a module of your own.</summary>
    /// <value>The default is null: dense layers of the widths <see cref="TrunkLayers"/>.</value>
    public Trunk? Trunk { get; init; }

    /// <summary>The widths of the hidden layers of each task's head, between its trunk and its output. Empty: a linear head.</summary>
    /// <value>The default is 32.</value>
    public IReadOnlyList<int> HeadLayers { get; init; } = [32];

    /// <summary>λ, what the squared distances between the tasks' parameters weigh beside the losses; 0 or more. With 0, each task is learned as if alone.</summary>
    /// <value>The default is 0.001.</value>
    public float SharingStrength { get; init; } = 1e-3f;

    /// <summary>Which parameters are kept close.</summary>
    /// <value>The default is <see cref="SharingScope.Trunk"/>.</value>
    public SharingScope Scope { get; init; }

    /// <summary>Which tasks are kept close to which.</summary>
    /// <value>The default is null: each to all others, every pair with the weight 1.</value>
    public TaskGraph? TaskGraph { get; init; }

    internal override void Validate()
    {
        base.Validate();
        RequireTrunk(Trunk, TrunkLayers, DefaultLayers, nameof(TrunkLayers));
        RequireLayers(HeadLayers, nameof(HeadLayers));
        Require(float.IsFinite(SharingStrength) && SharingStrength >= 0, nameof(SharingStrength), string.Create(CultureInfo.InvariantCulture, $"is {SharingStrength}; it must be 0 or more"));
        Require(Enum.IsDefined(Scope), nameof(Scope), string.Create(CultureInfo.InvariantCulture, $"is {Scope}, which is none of its values"));
        Require(TaskGraph?.FindUnknown(Tasks) is null, nameof(TaskGraph), $"names the task '{TaskGraph?.FindUnknown(Tasks)}', which is none of the trainer's: '{string.Join("', '", Tasks.Select(task => task.Name))}'");
    }
}
