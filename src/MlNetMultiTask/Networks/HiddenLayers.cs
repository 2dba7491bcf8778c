using MlNetMultiTask.Interop;
using TorchSharp;

namespace MlNetMultiTask.Networks;

/// <summary>What is alike in all hidden layers of a network.</summary>
/// <param name="Activation">The function behind each.</param>
/// <param name="LayerNormalization">Whether a layer's outputs are normalised before that function.</param>
internal sealed record HiddenLayers(Activation Activation, bool LayerNormalization)
{
    private const string ActivationName = "activation";
    private const string LayerNormalizationName = "layerNormalization";

    /// <summary>Keeps the variance of activations: √2 where half of them are cut off (He, Zhang, Ren, Sun 2015), 5/3 for the hyperbolic tangent, as in PyTorch.</summary>
    public double Gain => Activation == Activation.Tanh ? 5.0 / 3 : Math.Sqrt(2);

    /// <summary>These settings as a description has them; the usual ones are left out, as files before them have it.</summary>
    public IEnumerable<KeyValuePair<string, int[]>> Sizes
    {
        get
        {
            if (Activation != Activation.ReLU)
            {
                yield return new(ActivationName, [(int)Activation]);
            }

            if (LayerNormalization)
            {
                yield return new(LayerNormalizationName, [1]);
            }
        }
    }

    /// <exception cref="FormatException">The activation is unknown.</exception>
    public static HiddenLayers Read(IReadOnlyDictionary<string, int[]> sizes)
    {
        Activation activation = sizes.TryGetValue(ActivationName, out int[]? value) && value.Length > 0 ? (Activation)value[0] : Activation.ReLU;
        return Enum.IsDefined(activation)
            ? new HiddenLayers(activation, sizes.ContainsKey(LayerNormalizationName))
            : throw new FormatException($"The network's activation {(int)activation} is unknown; use a newer version of MlNetMultiTask.");
    }

    public torch.Tensor Activate(torch.Tensor x) => Activation switch
    {
        Activation.ReLU => x.relu(),
        Activation.GELU => torch.nn.functional.gelu(x),
        Activation.SiLU => torch.nn.functional.silu(x),
        Activation.Tanh => x.tanh(),
        _ => x.LeakyReLU(),
    };
}
