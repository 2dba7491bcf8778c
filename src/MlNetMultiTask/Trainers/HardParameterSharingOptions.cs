namespace MlNetMultiTask;

/// <summary>The options of <see cref="HardParameterSharingTrainer"/>.</summary>
public sealed class HardParameterSharingOptions : MultiTaskTrainerOptions
{
    /// <summary>The widths of the layers that all tasks share, from the features upwards. Empty: the heads see the features.</summary>
    /// <value>The default is 128, 64.</value>
    public IReadOnlyList<int> SharedLayers { get; init; } = DefaultLayers;

    /// <summary>What the shared layers are made of, instead of <see cref="SharedLayers"/>: residual blocks, convolutions, or a module of your own.</summary>
    /// <value>The default is null: dense layers of the widths <see cref="SharedLayers"/>.</value>
    public Trunk? Trunk { get; init; }

    /// <summary>The widths of the hidden layers of each task's own head, between the shared layers and its output. Empty: a linear head.</summary>
    /// <value>The default is 32.</value>
    public IReadOnlyList<int> HeadLayers { get; init; } = [32];

    internal override void Validate()
    {
        base.Validate();
        RequireTrunk(Trunk, SharedLayers, DefaultLayers, nameof(SharedLayers));
        RequireLayers(HeadLayers, nameof(HeadLayers));
    }
}
