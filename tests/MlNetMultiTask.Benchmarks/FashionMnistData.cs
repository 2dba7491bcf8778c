using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Fashion-MNIST in its own files: too large to be kept here. The Debian package dataset-fashion-mnist installs them.</summary>
internal static class FashionMnistData
{
    public const string Folder = "/usr/share/datasets/fashion-mnist";

    private const int PixelCount = 28 * 28;

    /// <summary>The classes' groups: tops, trousers, dress, footwear, bag.</summary>
    private static readonly uint[] _groups = [0, 1, 0, 2, 0, 3, 0, 3, 4, 3];

    /// <summary>What is wrong with a folder; null where the files are there.</summary>
    public static string? FindProblem(string folder) =>
        Array.TrueForAll(["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"], name => File.Exists(PathOf(folder, name)))
            ? null
            : $"Needs Fashion-MNIST in {folder}: apt-get install dataset-fashion-mnist";

    /// <summary>Reads the pictures of a part, "train" (60,000) or "t10k" (10,000): Features from 0 to 1, the keys Class and Group, and the Boolean IsTop: whether it is of the first group.</summary>
    public static IDataView Read(MLContext ml, string folder, string part)
    {
        byte[] pixels = Unzip(PathOf(folder, $"{part}-images-idx3"))[16..];
        byte[] labels = Unzip(PathOf(folder, $"{part}-labels-idx1"))[8..];
        return ml.Data.LoadFromEnumerable(labels.Select((label, i) => new Picture
        {
            Features = Array.ConvertAll(pixels[(i * PixelCount)..((i + 1) * PixelCount)], pixel => pixel / 255f),
            Class = label,
            Group = _groups[label],
            IsTop = _groups[label] == 0,
        }).ToArray());
    }

    private static string PathOf(string folder, string name) => Path.Combine(folder, $"{name}-ubyte.gz");

    private static byte[] Unzip(string path)
    {
        using var unzipped = new MemoryStream();
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
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

        public required bool IsTop { get; init; }
    }
}
