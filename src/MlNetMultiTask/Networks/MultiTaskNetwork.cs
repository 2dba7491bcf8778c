using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>A network with several outputs, and what training must know of it.</summary>
internal abstract class MultiTaskNetwork(NetworkDescription description) : torch.nn.Module(description.Kind)
{
    /// <summary>What it takes to build this network again.</summary>
    public NetworkDescription Description { get; } = description;

    /// <summary>What hidden layers drop in training mode; null for nothing. Not owned: it belongs to the training.</summary>
    public virtual Dropout? Dropout { get; set; }

    /// <summary>The parameters that several tasks share; balancing methods on gradients act on these.</summary>
    public abstract IReadOnlyList<Parameter> SharedParameters { get; }

    /// <summary>The shared parameters of the last shared layer, at which the tasks' gradients are compared in length; all, where layers are not told apart.</summary>
    public virtual IReadOnlyList<Parameter> LastSharedParameters => SharedParameters;

    /// <summary>Whether outputs may be computed of shared parameters without going through the tap: then whoever takes the gradients there has to check.</summary>
    public virtual bool MayBypassTap => false;

    /// <summary>The gates that mix experts; none in most networks.</summary>
    public virtual IReadOnlyList<GateDescription> Gates => [];

    /// <summary>How much tasks take over from one another, layer by layer; nothing in most networks.</summary>
    public virtual IReadOnlyList<TaskMixture> Mixtures => [];

    /// <summary>The parameters that serve one task alone.</summary>
    public abstract IReadOnlyList<Parameter> GetTaskParameters(int task);

    /// <summary>The layers in their order, with the shapes and costs of each.</summary>
    public abstract IEnumerable<NetworkLayer> DescribeLayers();

    /// <summary>Computes the outputs of a batch of features [B, F].</summary>
    /// <param name="features">Features [B, F].</param>
    /// <param name="active">Which tasks are wanted; null for all.</param>
    public abstract NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null);

    /// <summary>Computes what training needs of a batch: a network whose tasks share little may leave out rows without a target.</summary>
    /// <param name="features">Features [B, F].</param>
    /// <param name="active">Which tasks are wanted.</param>
    /// <param name="rows">Per task the rows that have a target, in their order; null for all. Outputs [B, K] of other rows mean nothing.</param>
    public virtual NetworkOutputs ForwardRows(torch.Tensor features, IReadOnlyList<bool> active, IReadOnlyList<long[]?> rows) => Forward(features, active);

    /// <summary>How far apart the parameters are that <see cref="AddPenaltyGradient"/> keeps close; null where there are none.</summary>
    public virtual double? GetParameterDistance(IParameterBuffers buffers) => null;

    /// <summary>Adds the gradient of a term that the network adds to the loss (the distance of soft sharing, say); most have none.</summary>
    public virtual void AddPenaltyGradient(IParameterBuffers buffers)
    {
    }

    /// <summary>Gives all parameters their first values.</summary>
    /// <param name="random">The source of random numbers.</param>
    /// <param name="outputBiases">Per task, where its output layer's bias starts.</param>
    public abstract void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases);

    /// <summary>
    /// Does nothing: networks register their modules by themselves. A network that is registered inside another would by this call register those that it has in fields
    /// once more, by the fields' names, and a file of its weights would hold them twice.
    /// </summary>
    protected override void RegisterComponents()
    {
    }
}
