using System.Globalization;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="CrossStitchTrainer"/>.</summary>
public sealed class CrossStitchOptions : MultiTaskTrainerOptions
{
    /// <summary>The widths of the lower layers of each task's network, from the features upwards, each with a cross-stitch unit behind it. Empty: there are heads alone, and no units.</summary>
    /// <value>The default is 128, 64.</value>
    public IReadOnlyList<int> TrunkLayers { get; init; } = DefaultLayers;

    /// <summary>
    /// What the lower layers of each task's network are made of, instead of <see cref="TrunkLayers"/>. A unit stands behind each dense layer, each residual block (and the layer before the first), each
    /// convolution with its pooling, and behind a module of your own as a whole.
    /// </summary>
    /// <value>The default is null: dense layers of the widths <see cref="TrunkLayers"/>.</value>
    public Trunk? Trunk { get; init; }

    /// <summary>The widths of the hidden layers of each task's head, between its trunk and its output. Empty: a linear head.</summary>
    /// <value>The default is 32.</value>
    public IReadOnlyList<int> HeadLayers { get; init; } = [32];

    /// <summary>
    /// What the units begin with: a task's own activations weigh this, and those of the others the rest in equal parts; from 0 to 1. At 1 the networks begin separate, and grow together as far as that
    /// lowers the losses.
    /// </summary>
    /// <value>The default is 0.9, as in the paper.</value>
    public double SelfWeight { get; init; } = 0.9;

    /// <summary>Whether the units are learned. Otherwise they stay as they begin; with <see cref="SelfWeight"/> 1, each task is then learned as if alone.</summary>
    /// <value>The default is true.</value>
    public bool LearnUnits { get; init; } = true;

    internal override void Validate()
    {
        base.Validate();
        RequireTrunk(Trunk, TrunkLayers, DefaultLayers, nameof(TrunkLayers));
        RequireLayers(HeadLayers, nameof(HeadLayers));
        Require(SelfWeight is >= 0 and <= 1, nameof(SelfWeight), string.Create(CultureInfo.InvariantCulture, $"is {SelfWeight}; it must be from 0 to 1"));
    }
}
