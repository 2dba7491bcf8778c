namespace MlNetMultiTask.Tests.Networks;

/// <summary>What a convolutional trunk is told.</summary>
public sealed record PlainImage(int Height, int Width, int Channels, int[] Filters, int[] Layers, int KernelSize, bool Interleaved)
{
    public int FeatureCount => Height * Width * Channels;

    public Trunk ToTrunk() => Trunk.Convolutional(Height, Width, Channels, Filters, Layers, KernelSize, Interleaved);
}
