using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>A network and made-up rows for it, as ML.NET sees them and as plain arrays.</summary>
internal sealed class Workload
{
    private Workload(string name, int features, int[] shared, int[] head, int[] classes, int rows)
    {
        Name = name;
        FeatureCount = features;
        SharedLayers = shared;
        HeadLayers = head;
        Classes = classes;
        RowCount = rows;
        var random = new Random(1);
        Features = new float[rows * features];
        for (int i = 0; i < Features.Length; i++)
        {
            Features[i] = random.NextSingle();
        }

        Labels = [.. classes.Select(count => Enumerable.Range(0, rows).Select(row => (long)(Features[row * features] * count)).ToArray())];
        View = MakeView();
    }

    public string Name { get; }

    public int FeatureCount { get; }

    public int[] SharedLayers { get; }

    public int[] HeadLayers { get; }

    public int[] Classes { get; }

    public int RowCount { get; }

    public float[] Features { get; }

    /// <summary>Per task the class of each row, from 0.</summary>
    public long[][] Labels { get; }

    public MLContext MlContext { get; } = new(seed: 1);

    public IDataView View { get; }

    public PredictionTask[] Tasks => [.. Classes.Select((_, i) => PredictionTask.MulticlassClassification($"Label{i}"))];

    /// <summary>784-128-64, heads 32-10 and 32-5: the size of Fashion-MNIST.</summary>
    public static Workload Reference(int rows) => new("reference 784-128-64, 2 heads", 784, [128, 64], [32], [10, 5], rows);

    /// <summary>20-64-32 with four linear heads: a small table.</summary>
    public static Workload Table(int rows) => new("table 20-64-32, 4 heads", 20, [64, 32], [], [3, 2, 5, 4], rows);

    public HardParameterSharingTrainer MakeTrainer(int batchSize, int epochs, IProgress<TrainingProgress>? progress = null) =>
        MlContext.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = Tasks,
            SharedLayers = SharedLayers,
            HeadLayers = HeadLayers,
            BatchSize = batchSize,
            MaximumNumberOfEpochs = epochs,
            LearningRate = LearningRateSchedule.Constant(1e-3),
            Progress = progress,
            ProgressInterval = progress is null ? null : TimeSpan.Zero,
        });

    private IDataView MakeView()
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        for (int i = 0; i < 4; i++)
        {
            definition[$"Label{i}"].ColumnType = new KeyDataViewType(typeof(uint), i < Classes.Length ? Classes[i] : 2);
        }

        return MlContext.Data.LoadFromEnumerable(Enumerable.Range(0, RowCount).Select(MakeRow).ToArray(), definition);
    }

    private Row MakeRow(int row)
    {
        // LoadFromEnumerable counts keys from 0, and adds 1 to them.
        uint Label(int task) => task < Labels.Length ? (uint)Labels[task][row] : 0;
        return new Row
        {
            Features = Features.AsSpan(row * FeatureCount, FeatureCount).ToArray(),
            Label0 = Label(0),
            Label1 = Label(1),
            Label2 = Label(2),
            Label3 = Label(3),
        };
    }

    private sealed class Row
    {
        public float[] Features { get; init; } = [];

        public uint Label0 { get; init; }

        public uint Label1 { get; init; }

        public uint Label2 { get; init; }

        public uint Label3 { get; init; }
    }
}
