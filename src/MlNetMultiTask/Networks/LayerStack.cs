using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Layers one behind the other, from rows of numbers to rows of numbers: a trunk, an expert, a head.</summary>
internal abstract class LayerStack(string name) : torch.nn.Module(name)
{
    /// <summary>The width of the output.</summary>
    public abstract int OutputWidth { get; }

    /// <summary>All parameters that are trained.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The parameters of the last layer that has some; all, where layers are not told apart.</summary>
    public virtual IReadOnlyList<Parameter> LastParameters => Parameters;

    /// <summary>The number of stages that are computed one after the other, and between which other networks may be mixed in.</summary>
    public abstract int StageCount { get; }

    /// <summary>How many numbers a stage gives for each row.</summary>
    public virtual long GetStageSize(int stage) => OutputWidth;

    /// <summary>Computes one stage; between stages, tensors [B, ...] may have any shape.</summary>
    /// <param name="stage">The stage, from 0.</param>
    /// <param name="input">The output of the stage before, or the inputs [B, F].</param>
    /// <param name="dropout">What is dropped behind hidden layers; null for nothing.</param>
    public abstract torch.Tensor ForwardStage(int stage, torch.Tensor input, Dropout? dropout);

    /// <summary>Computes the outputs [B, H].</summary>
    /// <param name="input">Inputs [B, F].</param>
    /// <param name="dropout">What is dropped behind hidden layers; null for nothing.</param>
    public torch.Tensor Forward(torch.Tensor input, Dropout? dropout)
    {
        torch.Tensor x = input;
        for (int stage = 0; stage < StageCount; stage++)
        {
            x = ForwardStage(stage, x, dropout);
        }

        return x;
    }

    /// <summary>Gives all parameters their first values.</summary>
    public abstract void Initialize(IRandomSource random);

    /// <summary>The layers in their order.</summary>
    /// <param name="name">What their names begin with.</param>
    /// <param name="task">The task that they serve; null where several share them.</param>
    public abstract IEnumerable<NetworkLayer> DescribeLayers(string name, int? task);

    /// <summary>The name of a layer or tensor in a list.</summary>
    protected static string Numbered(string prefix, int index) => FormattableString.Invariant($"{prefix}{index}");

    /// <summary>Does nothing: stacks register their layers by themselves, each once.</summary>
    protected override void RegisterComponents()
    {
    }
}
