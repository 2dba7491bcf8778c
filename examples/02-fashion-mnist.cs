// One network learns two things about a picture of clothing: which of ten kinds it is, and which of five groups. Run it with:
//   dotnet run examples/02-fashion-mnist.cs [folder of Fashion-MNIST's four .gz files]
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

string folder = args is [string given, ..] ? given : "/usr/share/datasets/fashion-mnist";
if (Picture.Files.FirstOrDefault(name => !File.Exists(Path.Combine(folder, name))) is { } missing)
{
    Console.Error.WriteLine($"There is no {missing} in the folder '{folder}'.");
    Console.Error.WriteLine("On Debian and Ubuntu, 'sudo apt-get install dataset-fashion-mnist' puts the files where this program looks for them.");
    Console.Error.WriteLine("On other systems, download the four .gz files (github.com/zalandoresearch/fashion-mnist, MIT licence) and give their folder as the argument.");
    return 1;
}

var ml = new MLContext(seed: 1);
IDataView train = ml.Data.LoadFromEnumerable(Picture.Read(folder, "train"));
IDataView test = ml.Data.LoadFromEnumerable(Picture.Read(folder, "t10k"));

// 784 pixels -> 128 -> 64, which both tasks share; then a head of 32 units for each task.
PredictionTask[] tasks = [PredictionTask.MulticlassClassification("Kind"), PredictionTask.MulticlassClassification("Group")];
var trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
{
    Tasks = tasks,
    FeatureColumnName = "Pixels",
    SharedLayers = [128, 64],
    HeadLayers = [32],
    BatchSize = 128,
    MaximumNumberOfEpochs = 5,
    LearningRate = LearningRateSchedule.Constant(1e-3),
    NumberOfThreads = 1,    // for a network of this size, more threads cost more than they give
    Progress = new EpochPrinter(),
});
var pipeline = ml.Transforms.Conversion.MapValueToKey("Kind")
    .Append(ml.Transforms.Conversion.MapValueToKey("Group"))
    .Append(trainer);
using var model = pipeline.Fit(train);

Console.WriteLine();
Console.WriteLine("On the 10,000 test pictures:");
Console.WriteLine(ml.MultiTask.Evaluate(model.Transform(test), tasks));
return 0;

internal sealed class Picture
{
    private const int PixelCount = 28 * 28;

    // A label of the files is the place in this list.
    private static readonly (string Kind, string Group)[] _kinds =
    [
        ("T-shirt", "top"), ("Trousers", "trousers"), ("Pullover", "top"), ("Dress", "dress"), ("Coat", "top"),
        ("Sandal", "footwear"), ("Shirt", "top"), ("Sneaker", "footwear"), ("Bag", "bag"), ("Ankle boot", "footwear"),
    ];

    public static string[] Files => [ImagesOf("train"), LabelsOf("train"), ImagesOf("t10k"), LabelsOf("t10k")];

    // From 0 to 1: networks learn badly from large numbers.
    [VectorType(PixelCount)]
    public required float[] Pixels { get; init; }

    public required string Kind { get; init; }

    public required string Group { get; init; }

    public static Picture[] Read(string folder, string part)
    {
        // The format (IDX) is a header of 16 bytes, or of 8 for labels, and then a byte per pixel or label.
        byte[] pixels = Unzip(Path.Combine(folder, ImagesOf(part)))[16..];
        byte[] labels = Unzip(Path.Combine(folder, LabelsOf(part)))[8..];
        return [.. labels.Select((label, i) => new Picture
        {
            Pixels = Array.ConvertAll(pixels[(i * PixelCount)..((i + 1) * PixelCount)], pixel => pixel / 255f),
            Kind = _kinds[label].Kind,
            Group = _kinds[label].Group,
        })];
    }

    private static string ImagesOf(string part) => $"{part}-images-idx3-ubyte.gz";

    private static string LabelsOf(string part) => $"{part}-labels-idx1-ubyte.gz";

    private static byte[] Unzip(string path)
    {
        using var unzipped = new MemoryStream();
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        file.CopyTo(unzipped);
        return unzipped.ToArray();
    }
}

// Writes at once, where Progress<T> would write from another thread some time later.
internal sealed class EpochPrinter : IProgress<TrainingProgress>
{
    private TimeSpan _before;

    public void Report(TrainingProgress value)
    {
        string losses = string.Join(", ", value.TrainingLosses.Select(loss => $"{loss.Key} {loss.Value:0.000}"));
        Console.WriteLine($"Epoch {value.Epoch} of {value.MaximumNumberOfEpochs}: loss {losses} ({(value.Elapsed - _before).TotalSeconds:0.00} s)");
        _before = value.Elapsed;
    }
}
