using MlNetMultiTask.Interop;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>The tensors that make up a network's state, as plain floats: parameters, and buffers such as the running means of a batch normalisation.</summary>
internal static class NetworkTensors
{
    /// <summary>All that must be kept of a network, by name; what is registered twice, once.</summary>
    public static IReadOnlyList<(string Name, torch.Tensor Tensor)> Get(torch.nn.Module module) =>
        [.. module.state_dict().Select(entry => (entry.Key, entry.Value)).DistinctBy(entry => entry.Value, ReferenceEqualityComparer.Instance)];

    /// <summary>Those of them that no optimizer moves.</summary>
    public static IReadOnlyList<(string Name, torch.Tensor Tensor)> GetBuffers(torch.nn.Module module) => [.. Get(module).Where(entry => entry.Tensor is not Parameter)];

    /// <summary>Lets a module outlive the dispose scope in which it was made.</summary>
    public static void Keep(torch.nn.Module module, Action<torch.Tensor> keep)
    {
        foreach (torch.Tensor tensor in module.parameters().Concat(module.named_buffers(true, true).Select(buffer => buffer.buffer)).Distinct<torch.Tensor>(ReferenceEqualityComparer.Instance))
        {
            keep(tensor);
        }
    }

    /// <summary>A tensor's numbers, in row-major order.</summary>
    /// <exception cref="InvalidOperationException">Floats can't represent them.</exception>
    public static float[] Read(string name, torch.Tensor tensor)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        torch.Tensor numbers = tensor.dtype == torch.ScalarType.Float32 ? tensor : tensor.to(torch.ScalarType.Float32);
        return ReferenceEquals(numbers, tensor) || Same(numbers.to(tensor.dtype), tensor)
            ? numbers.contiguous().AsSpan().ToArray()
            : throw new InvalidOperationException($"Tensor '{name}' of the network is of type {tensor.dtype} and holds a number that a float can't represent; a model file keeps floats.");
    }

    /// <summary>Sets a tensor's numbers.</summary>
    /// <exception cref="FormatException">The tensor's type can't represent them.</exception>
    public static void Write(string name, torch.Tensor tensor, float[] values)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        torch.Tensor numbers = torch.tensor(values, tensor.shape, dtype: torch.ScalarType.Float32, device: torch.CPU);
        if (tensor.dtype != torch.ScalarType.Float32 && !Same(numbers.to(tensor.dtype).to(torch.ScalarType.Float32), numbers))
        {
            throw new FormatException($"Tensor '{name}' of the network is of type {tensor.dtype}, which can't represent the numbers that are given.");
        }

        tensor.copy_(numbers);
    }

    private static bool Same(torch.Tensor one, torch.Tensor other) => one.eq(other).all().item<bool>();
}
