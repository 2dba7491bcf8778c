namespace MlNetMultiTask.Networks;

/// <summary>What a network takes of memory for each row that it computes: much where convolutions are among its layers.</summary>
internal static class RowMemory
{
    /// <summary>How many rows are computed at once where memory is no matter.</summary>
    public const int UsualRows = 1024;

    private const long MaximumBytes = 32_000_000;

    /// <summary>A layer leaves its product, its normalised and its activated numbers behind until the batch ends.</summary>
    private const int CopiesPerLayer = 3;

    /// <summary>The bytes that the layers of a network leave behind for a row, about; those of users' modules are not known.</summary>
    public static long GetBytes(MultiTaskNetwork network) => network.DescribeLayers().Sum(layer =>
    {
        // A convolution's output is pooled: before, it is four times as large.
        long before = layer.Kind == "Convolution" ? 4 : 1;
        return layer.Output.Count == 0 ? 0 : sizeof(float) * CopiesPerLayer * before * layer.Output.Aggregate(1L, (product, size) => product * size);
    });

    /// <summary>How many rows are computed at once, where nobody says.</summary>
    /// <param name="bytesPerRow">What a row takes.</param>
    /// <param name="maximum">The most rows.</param>
    public static int GetRows(long bytesPerRow, int maximum) => (int)Math.Clamp(MaximumBytes / Math.Max(1, bytesPerRow), 1, maximum);
}
