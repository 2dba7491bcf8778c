using TorchSharp;

namespace MlNetMultiTask.Interop;

/// <summary>
/// Arithmetic of tensors with numbers. TorchSharp 0.107 makes a native scalar of a number, hands its address to the native call, and lets the garbage
/// collector free it, even while that call runs: under load, a factor is then garbage. Here every scalar outlives its call. The same goes for
/// the sum of two tensors, in which TorchSharp hides a factor of 1, and for the square, in which it hides a power of 2.
/// </summary>
internal static class TensorArithmetic
{
    private static readonly Scalar _one = 1.0.ToScalar();
    private static readonly Scalar _leak = 0.01.ToScalar();

    /// <summary>x + y.</summary>
    public static torch.Tensor Plus(this torch.Tensor x, torch.Tensor y) => x.add(y, _one);

    /// <summary>x + number.</summary>
    public static torch.Tensor Plus(this torch.Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.add(scalar, _one);
    }

    /// <summary>x × number.</summary>
    public static torch.Tensor Times(this torch.Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.mul(scalar);
    }

    /// <summary>x ← x × number.</summary>
    public static torch.Tensor TimesInPlace(this torch.Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.mul_(scalar);
    }

    /// <summary>x².</summary>
    public static torch.Tensor Squared(this torch.Tensor x) => x.mul(x);

    /// <summary>x above 0, and 0.01 x below.</summary>
    public static torch.Tensor LeakyReLU(this torch.Tensor x) => x.leaky_relu(_leak);
}
