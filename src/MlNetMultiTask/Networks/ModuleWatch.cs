using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Watches the parts of a user's module that have parameters of their own while it computes one row: the shapes that pass, and what they cost.</summary>
internal sealed class ModuleWatch
{
    private readonly Dictionary<torch.nn.Module, (long[] Input, long[] Output, long? MultiplyAdds)> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Watches a computation.</summary>
    /// <param name="module">The module; nobody else may use it meanwhile.</param>
    /// <param name="computeRow">Lets it compute one row.</param>
    public static ModuleWatch Run(torch.nn.Module module, Action computeRow)
    {
        var watch = new ModuleWatch();
        var removers = new List<Action>();
        try
        {
            foreach (torch.nn.Module part in new HashSet<torch.nn.Module>(module.modules().Append(module), ReferenceEqualityComparer.Instance))
            {
                if (part is torch.nn.Module<torch.Tensor, torch.Tensor> simple && part.named_parameters(false).Any())
                {
                    removers.Add(simple.register_forward_hook((_, input, output) =>
                    {
                        watch.Note(simple, input, output);
                        return output;
                    }).remove);
                }
            }

            computeRow();
        }
        finally
        {
            removers.ForEach(remove => remove());
        }

        return watch;
    }

    /// <summary>The shapes that passed through a part, of one row, and its multiply-adds; empty and null where it was not seen, or is of a kind of which nobody knows.</summary>
    public (long[] Input, long[] Output, long? MultiplyAdds) Find(torch.nn.Module part) => _seen.TryGetValue(part, out var seen) ? seen : ([], [], null);

    private void Note(torch.nn.Module part, torch.Tensor input, torch.Tensor output)
    {
        long? cost = part switch
        {
            Linear linear => linear.weight!.numel() * (output.numel() / linear.weight.shape[0]),
            Conv1d convolution => Convolve(convolution.weight!),
            Conv2d convolution => Convolve(convolution.weight!),
            Conv3d convolution => Convolve(convolution.weight!),

            // As the summary counts: numbers are read, and normalised one by one.
            BatchNorm1d or BatchNorm2d or BatchNorm3d or LayerNorm or GroupNorm or InstanceNorm1d or InstanceNorm2d or InstanceNorm3d or Embedding or EmbeddingBag or PReLU => 0,
            _ => null,
        };

        // A part that is used several times costs as often.
        _seen[part] = (Row(input), Row(output), _seen.TryGetValue(part, out var before) ? before.MultiplyAdds + cost : cost);

        long Convolve(Parameter weight) => output.numel() * (weight.numel() / weight.shape[0]);

        static long[] Row(torch.Tensor tensor) => tensor.dim() > 1 ? tensor.shape[1..] : tensor.shape;
    }
}
