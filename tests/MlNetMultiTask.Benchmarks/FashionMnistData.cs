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

    /// <summary>Reads the pictures of a part, "train" (60,000) or "t10k" (10,000): Features from 0 to 1, the keys Class and Group, and IsTop, 1 or 0.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="folder">The folder of the data.</param>
    /// <param name="part">The part.</param>
    /// <param name="isRead">Which pictures; null for all.</param>
    /// <param name="isLabelled">Which pictures have their labels; null for all.</param>
    public static IDataView Read(MLContext ml, string folder, string part, Predicate<int>? isRead = null, Predicate<int>? isLabelled = null)
    {
        byte[] pixels = Unzip(PathOf(folder, $"{part}-images-idx3"))[16..];
        byte[] labels = Unzip(PathOf(folder, $"{part}-labels-idx1"))[8..];
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, labels.Length).Where(i => isRead?.Invoke(i) != false).Select(i =>
        {
            bool labelled = isLabelled?.Invoke(i) != false;
            return new Picture
            {
                Features = Array.ConvertAll(pixels[(i * PixelCount)..((i + 1) * PixelCount)], pixel => pixel / 255f),
                Class = labelled ? labels[i] : uint.MaxValue,
                Group = labelled ? _groups[labels[i]] : uint.MaxValue,
                IsTop = !labelled ? float.NaN : _groups[labels[i]] == 0 ? 1 : 0,
            };
        }).ToArray());
    }

    /// <summary>Reads the labels of a part alone: the keys Class and Group.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="folder">The folder of the data.</param>
    /// <param name="part">The part, "train" or "t10k".</param>
    public static IDataView ReadLabels(MLContext ml, string folder, string part) => ml.Data.LoadFromEnumerable(
        Unzip(PathOf(folder, $"{part}-labels-idx1"))[8..].Select(label => new PictureLabels { Class = label, Group = _groups[label] }).ToArray());

    private static string PathOf(string folder, string name) => Path.Combine(folder, $"{name}-ubyte.gz");

    private static byte[] Unzip(string path)
    {
        using var unzipped = new MemoryStream();
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        file.CopyTo(unzipped);
        return unzipped.ToArray();
    }

    /// <summary>LoadFromEnumerable counts keys from 0, and adds 1 to them; beyond the last is missing.</summary>
    private sealed class Picture
    {
        [VectorType(PixelCount)]
        public required float[] Features { get; init; }

        [KeyType(10)]
        public required uint Class { get; init; }

        [KeyType(5)]
        public required uint Group { get; init; }

        public required float IsTop { get; init; }
    }

    private sealed class PictureLabels
    {
        [KeyType(10)]
        public required uint Class { get; init; }

        [KeyType(5)]
        public required uint Group { get; init; }
    }
}
