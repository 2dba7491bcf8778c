using TorchSharp;

namespace MlNetMultiTask;

/// <summary>
/// A module of your own (a <see cref="CustomNetworkModule"/>, or the module of a trunk) whose first values depend on the trainer's seed: the same seed gives the same model, as with the
/// networks of this library, and members of an ensemble begin with different ones.
/// </summary>
public interface ISeededModule
{
    /// <summary>Gives all parameters their first values. It is called once, before training, with gradients switched off; not when a model is loaded.</summary>
    /// <param name="generator">Where random numbers are to come from, as in <c>weight.normal_(0, 0.1, generator)</c>; of no use after the call.</param>
    void Initialize(torch.Generator generator);
}
