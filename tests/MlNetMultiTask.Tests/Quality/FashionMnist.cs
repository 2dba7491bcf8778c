using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Quality;

/// <summary>Fashion-MNIST as the Debian package dataset-fashion-mnist installs it: too large to be kept beside the tests.</summary>
internal static class FashionMnist
{
    public const string Folder = "/usr/share/datasets/fashion-mnist";

    private const int PixelCount = 28 * 28;

    /// <summary>The classes' groups: tops, trousers, dress, footwear, bag.</summary>
    private static readonly uint[] _groups = [0, 1, 0, 2, 0, 3, 0, 3, 4, 3];

    /// <summary>Why tests that need the pictures are skipped; null where the files are there.</summary>
    public static string? Problem { get; } =
        Array.TrueForAll(["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"], name => File.Exists(PathOf(name)))
            ? null
            : $"Needs Fashion-MNIST in {Folder}: apt-get install dataset-fashion-mnist";

    /// <summary>Reads the pictures of a part, "train" (60,000) or "t10k" (10,000): Features from 0 to 1, and the keys Class and Group.</summary>
    public static IDataView Read(MLContext ml, string part)
    {
        byte[] pixels = Unzip($"{part}-images-idx3")[16..];
        byte[] labels = Unzip($"{part}-labels-idx1")[8..];
        return ml.Data.LoadFromEnumerable(labels.Select((label, i) => new Picture
        {
            Features = Array.ConvertAll(pixels[(i * PixelCount)..((i + 1) * PixelCount)], pixel => pixel / 255f),
            Class = label,
            Group = _groups[label],
        }).ToArray());
    }

    private static string PathOf(string name) => Path.Combine(Folder, $"{name}-ubyte.gz");

    private static byte[] Unzip(string name)
    {
        using var unzipped = new MemoryStream();
        using var file = new GZipStream(File.OpenRead(PathOf(name)), CompressionMode.Decompress);
        file.CopyTo(unzipped);
        return unzipped.ToArray();
    }

    /// <summary>LoadFromEnumerable counts keys from 0, and adds 1 to them.</summary>
    private sealed class Picture
    {
        [VectorType(PixelCount)]
        public required float[] Features { get; init; }

        [KeyType(10)]
        public required uint Class { get; init; }

        [KeyType(5)]
        public required uint Group { get; init; }
    }
}
