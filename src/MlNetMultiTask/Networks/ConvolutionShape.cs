namespace MlNetMultiTask.Networks;

/// <summary>The sizes of a convolution and of the pooling behind it.</summary>
/// <param name="Channels">The channels of its input.</param>
/// <param name="Filters">The channels of its output.</param>
/// <param name="Height">The height of its input, and of its output before pooling.</param>
/// <param name="Width">The width of both.</param>
/// <param name="KernelSize">The side of its kernel; along a side of one value, the kernel has one value too.</param>
internal sealed record ConvolutionShape(int Channels, int Filters, int Height, int Width, int KernelSize)
{
    public int KernelHeight => Height == 1 ? 1 : KernelSize;

    public int KernelWidth => Width == 1 ? 1 : KernelSize;

    /// <summary>Pooling halves a side, rounded down; one of one value stays.</summary>
    public int PoolHeight => Height == 1 ? 1 : 2;

    public int PoolWidth => Width == 1 ? 1 : 2;

    public int OutputHeight => Height / PoolHeight;

    public int OutputWidth => Width / PoolWidth;

    /// <summary>The numbers that one row gives, after pooling.</summary>
    public int OutputCount => checked(Filters * OutputHeight * OutputWidth);

    public long ParameterCount => checked(((long)Channels * KernelHeight * KernelWidth * Filters) + Filters);

    public long MultiplyAdds => checked((long)Channels * KernelHeight * KernelWidth * Filters * Height * Width);

    /// <summary>Convolutions one behind the other.</summary>
    /// <exception cref="OverflowException">They are beyond all bounds.</exception>
    public static IReadOnlyList<ConvolutionShape> Chain(int channels, int height, int width, int kernelSize, IEnumerable<int> filters)
    {
        var shapes = new List<ConvolutionShape>();
        foreach (int count in filters)
        {
            ConvolutionShape shape = shapes is [.., var last]
                ? new ConvolutionShape(last.Filters, count, last.OutputHeight, last.OutputWidth, kernelSize)
                : new ConvolutionShape(channels, count, height, width, kernelSize);
            _ = shape.OutputCount;
            shapes.Add(shape);
        }

        return shapes;
    }
}
