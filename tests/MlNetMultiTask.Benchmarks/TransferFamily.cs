using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Artificial data of which it is known what learning the tasks together does to each of them.</summary>
internal sealed class TransferFamily
{
    private const int TaskCount = 3;

    private TransferFamily(string name) => Name = name;

    /// <summary>Three tasks, each of a direction of its own, and one unit for all of them.</summary>
    public static TransferFamily Competing { get; } = new("three directions, narrow trunk") { RowCount = 600, IsShared = false };

    /// <summary>Three tasks of one and the same direction, the first of which has a label in one row of ten.</summary>
    public static TransferFamily Related { get; } = new("one direction, few labels") { RowCount = 800, LabelShare = 0.1, LossWeights = [0.1f, 1, 1], AffectedCount = 1 };

    /// <summary>
    /// The last task's labels decide on the shared direction, and tell as much of it as each task's own would: noise as large, in as many rows. Which of the two is nearer to the truth is chance, but the same
    /// chance in all folds, since their training rows overlap.
    /// </summary>
    public static TransferFamily Exchanged { get; } = new("one direction, as good from other labels") { RowCount = 400, FeatureCount = 10, Noise = 0.5, LossWeights = [0.001f, 0.001f, 1], NumberOfRepeats = 3, EquivalenceMargin = 0.001 };

    /// <summary>Networks that share nothing: whatever the data, learning together is learning alone.</summary>
    public static TransferFamily Separate { get; } = new("nothing shared") { SharedLayers = [], HeadLayers = [2] };

    public static IReadOnlyList<TransferFamily> All { get; } = [Competing, Related, Exchanged, Separate];

    public string Name { get; }

    /// <summary>The tasks that it happens to, the first ones; one of them for each family at least.</summary>
    public int AffectedCount { get; private init; } = TaskCount;

    private int RowCount { get; init; } = 200;

    private int FeatureCount { get; init; } = 99;

    private double Noise { get; init; } = 0.1;

    private bool IsShared { get; init; } = true;

    /// <summary>The rows with a label of the first task.</summary>
    private double LabelShare { get; init; } = 1;

    private float[] LossWeights { get; init; } = [1, 1, 1];

    private int[] SharedLayers { get; init; } = [1];

    private int[] HeadLayers { get; init; } = [];

    private int NumberOfRepeats { get; init; } = 1;

    private double EquivalenceMargin { get; init; } = 0.02;

    private int NumberOfEpochs { get; init; } = 150;

    /// <summary>Draws data, and compares.</summary>
    public SingleTaskComparison Compare(int seed)
    {
        var ml = new MLContext(seed);
        PredictionTask[] tasks = [.. LossWeights.Select((weight, task) => PredictionTask.Regression(FormattableString.Invariant($"Y{task}"), lossWeight: weight))];
        MultiTaskTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = SharedLayers,
            HeadLayers = HeadLayers,
            Activation = Activation.Tanh,
            BatchSize = RowCount,
            MaximumNumberOfEpochs = NumberOfEpochs,
            LearningRate = LearningRateSchedule.Cosine(0.05),
            NumberOfThreads = 1,
        });
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        return ml.MultiTask.CompareWithSingleTask(
            ml.Data.LoadFromEnumerable(Draw(seed), schema),
            null,
            trainer,
            new SingleTaskComparisonOptions { NumberOfRepeats = NumberOfRepeats, NumberOfFolds = 10, Metrics = tasks.ToDictionary(task => task.Name, _ => (IReadOnlyList<string>)["RootMeanSquaredError"]), EquivalenceMargin = EquivalenceMargin });
    }

    private Row[] Draw(int seed)
    {
        var random = new Numbers((ulong)seed);
        var rows = new Row[RowCount];
        for (int i = 0; i < rows.Length; i++)
        {
            float[] features = [.. Enumerable.Range(0, FeatureCount).Select(_ => (float)random.NextNormal())];
            double[] values = [.. Enumerable.Range(0, TaskCount).Select(task => Math.Tanh(IsShared ? features.Sum() / Math.Sqrt(FeatureCount) : features.Chunk(FeatureCount / TaskCount).ElementAt(task).Sum() / Math.Sqrt(FeatureCount / TaskCount)))];
            float[] labels = [.. values.Select((value, task) => task == 0 && i % 10 >= 10 * LabelShare ? float.NaN : (float)(value + (Noise * random.NextNormal())))];
            rows[i] = new Row { Features = features, Y0 = labels[0], Y1 = labels[1], Y2 = labels[2] };
        }

        return rows;
    }

    /// <summary>Numbers by a seed: the generator of Steele, Lea and Flood 2014 (SplitMix64), and the normal ones of Box and Muller.</summary>
    private sealed class Numbers(ulong state)
    {
        private ulong _state = state;

        public double NextNormal() => Math.Sqrt(-2 * Math.Log(Next())) * Math.Cos(2 * Math.PI * Next());

        private double Next()
        {
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53)) + (1.0 / (1UL << 54));
        }
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Y0 { get; set; }

        public float Y1 { get; set; }

        public float Y2 { get; set; }
    }
}
