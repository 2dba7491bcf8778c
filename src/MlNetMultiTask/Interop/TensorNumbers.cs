using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetMultiTask.Interop;

/// <summary>Reads tensors of floats. TorchSharp's own accessor goes number by number through an iterator.</summary>
internal static class TensorNumbers
{
    /// <summary>The numbers in torch's own memory, in row-major order; valid as long as the tensor, which must be contiguous and on the CPU.</summary>
    public static ReadOnlySpan<float> AsSpan(this torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>Sets all numbers, in row-major order.</summary>
    public static void Write(this torch.Tensor tensor, ReadOnlySpan<float> values) => values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
}
