using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Networks;

/// <summary>
/// Dropout (Srivastava et al. 2014) with a generator of its own: torch's module would draw from the process's, which belongs to the host program.
/// </summary>
internal sealed class Dropout : IDisposable
{
    private readonly torch.Generator _generator = new(0, torch.CPU);
    private readonly double _kept;

    /// <param name="rate">The share of activations that is set to 0.</param>
    public Dropout(double rate) => _kept = 1 - rate;

    /// <summary>Begins a sequence of masks that depends on this seed alone.</summary>
    public void Seed(ulong seed) => _generator.manual_seed((long)seed);

    /// <summary>Sets a share of the values to 0, and makes up for them in the others.</summary>
    public torch.Tensor Apply(torch.Tensor x) => x * torch.empty_like(x, requires_grad: false).bernoulli_(_kept, _generator).TimesInPlace(1 / _kept);

    public void Dispose() => _generator.Dispose();
}
