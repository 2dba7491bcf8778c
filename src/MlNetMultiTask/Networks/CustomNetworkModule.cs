using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask;

/// <summary>A whole network of your own: features in, the raw outputs of each task out. Derive from it, and register what makes it with <see cref="MultiTaskNetworks.Register"/>.</summary>
/// <remarks>
/// <para>
/// Override <c>forward</c>: it gets features [B, F], and gives the raw outputs [B, K] of each task in the order of <see cref="CustomNetworkRequest.OutputCounts"/>, for any B from 1. It must compute each row of
/// a batch by itself where <c>training</c> is false. Parameters are <see cref="float"/> on the CPU. Those with <c>requires_grad</c> false stay as they are.
/// </para>
/// <para>
/// Parameters, buffers and modules must be registered, as TorchSharp has it: call <c>RegisterComponents()</c> at the end of the constructor, or <c>register_module</c> and the like for each. Their names (of fields, with
/// <c>RegisterComponents</c>) are those of the numbers in a model file: a module with other names does not load it. Tensors that are kept and not registered are disposed with those that
/// were needed for a moment only; a buffer that need not be saved is registered with <c>persistent: false</c>. Buffers that are saved hold finite numbers that <see cref="float"/> can represent.
/// </para>
/// <para>
/// First values that the constructor draws come from torch's generator, which the seed of a trainer does not govern: two trainings then differ. Implement <see cref="ISeededModule"/> to have them depend on the trainer's
/// seed. Dropout modules of torch draw from that generator too. A model may score on several threads at once, and then calls <c>forward</c> on several threads: it must not keep anything there.
/// </para>
/// </remarks>
public abstract class CustomNetworkModule : torch.nn.Module<torch.Tensor, CustomNetworkOutputs>
{
    /// <summary>Creates a network without modules.</summary>
    /// <param name="name">The name of the module for TorchSharp; model files do not have it.</param>
    protected CustomNetworkModule(string name)
        : base(name)
    {
    }

    /// <summary>
    /// The parameters that serve one task alone: those of its head. All others are taken as shared. It matters to what treats the two differently: balancing methods on gradients, and
    /// <see cref="EarlyStopping.FreezeTasks"/>, which keeps a finished task's own parameters as they are.
    /// </summary>
    /// <param name="task">The place of the task, from 0.</param>
    /// <returns>The parameters, which are among <c>parameters()</c>, each of one task at most. By default none: all parameters are shared.</returns>
    public virtual IReadOnlyList<Parameter> GetTaskParameters(int task) => [];
}
