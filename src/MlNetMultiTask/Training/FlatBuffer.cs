using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>
/// Numbers that managed code and torch both see, in the same memory: what is done to many numbers at once is cheaper without a native call for each
/// operation.
/// </summary>
internal sealed class FlatBuffer : IDisposable
{
    /// <summary>Where the first number begins, in bytes: matrix products read whole cache lines.</summary>
    public const int Alignment = 64;

    private readonly float[] _array;
    private readonly int _start;

    public FlatBuffer(long length)
    {
        Length = checked((int)length);
        _array = GC.AllocateArray<float>(Length + (Alignment / sizeof(float)), pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0).ToInt64();
        _start = (int)((Alignment - (address % Alignment)) % Alignment / sizeof(float));
        Tensor = torch.frombuffer(_array, torch.ScalarType.Float32, Length, _start).DetachFromDisposeScope();
    }

    public int Length { get; }

    /// <summary>The numbers as torch sees them [N].</summary>
    public torch.Tensor Tensor { get; }

    /// <summary>The numbers.</summary>
    public Span<float> Span => _array.AsSpan(_start, Length);

    /// <summary>Lets go of the tensor; views of it keep the memory.</summary>
    public void Dispose() => Tensor.Dispose();
}
