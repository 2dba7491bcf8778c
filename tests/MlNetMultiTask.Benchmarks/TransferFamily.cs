using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Artificial data of which it is known what learning the tasks together does to each of them.</summary>
internal sealed class TransferFamily
{
    private const int FeatureCount = 99;
    private const int TaskCount = 3;

    private TransferFamily(string name, int rowCount, bool isShared, bool hasFewLabels, int[] sharedLayers, int[] headLayers)
    {
        Name = name;
        RowCount = rowCount;
        IsShared = isShared;
        HasFewLabels = hasFewLabels;
        SharedLayers = sharedLayers;
        HeadLayers = headLayers;
    }

    /// <summary>Three tasks, each of a direction of its own, and one unit for all of them.</summary>
    public static TransferFamily Competing { get; } = new("three directions, narrow trunk", 600, isShared: false, hasFewLabels: false, [1], []);

    /// <summary>Three tasks of one and the same direction, the first of which has a label in one row of ten.</summary>
    public static TransferFamily Related { get; } = new("one direction, few labels", 800, isShared: true, hasFewLabels: true, [1], []);

    /// <summary>Networks that share nothing: whatever the data, learning together is learning alone.</summary>
    public static TransferFamily Separate { get; } = new("nothing shared", 200, isShared: true, hasFewLabels: false, [], [2]);

    public static IReadOnlyList<TransferFamily> All { get; } = [Competing, Related, Separate];

    public string Name { get; }

    /// <summary>The tasks that it happens to; one of them for each family at least.</summary>
    public int AffectedCount => HasFewLabels ? 1 : TaskCount;

    private int RowCount { get; }

    private bool IsShared { get; }

    private bool HasFewLabels { get; }

    private int[] SharedLayers { get; }

    private int[] HeadLayers { get; }

    /// <summary>Draws data, and compares.</summary>
    public SingleTaskComparison Compare(int seed)
    {
        var ml = new MLContext(seed);
        PredictionTask[] tasks = [.. Enumerable.Range(0, TaskCount).Select(task => PredictionTask.Regression(FormattableString.Invariant($"Y{task}"), lossWeight: HasFewLabels && task == 0 ? 0.1f : 1f))];
        MultiTaskTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = SharedLayers,
            HeadLayers = HeadLayers,
            Activation = Activation.Tanh,
            BatchSize = RowCount,
            MaximumNumberOfEpochs = 150,
            LearningRate = LearningRateSchedule.Cosine(0.05),
            NumberOfThreads = 1,
        });
        return ml.MultiTask.CompareWithSingleTask(
            ml.Data.LoadFromEnumerable(Draw(seed)),
            null,
            trainer,
            new SingleTaskComparisonOptions { NumberOfRepeats = 1, NumberOfFolds = 10, Metrics = tasks.ToDictionary(task => task.Name, _ => (IReadOnlyList<string>)["RootMeanSquaredError"]), EquivalenceMargin = 0.02 });
    }

    private Row[] Draw(int seed)
    {
        var random = new Numbers((ulong)seed);
        var rows = new Row[RowCount];
        for (int i = 0; i < rows.Length; i++)
        {
            float[] features = [.. Enumerable.Range(0, FeatureCount).Select(_ => (float)random.NextNormal())];
            double[] values = [.. Enumerable.Range(0, TaskCount).Select(task => Math.Tanh(IsShared ? features.Sum() / Math.Sqrt(FeatureCount) : features.Chunk(FeatureCount / TaskCount).ElementAt(task).Sum() / Math.Sqrt(FeatureCount / TaskCount)))];
            float[] labels = [.. values.Select((value, task) => HasFewLabels && task == 0 && i % 10 > 0 ? float.NaN : (float)(value + (0.1 * random.NextNormal())))];
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
        [VectorType(FeatureCount)]
        public float[] Features { get; set; } = [];

        public float Y0 { get; set; }

        public float Y1 { get; set; }

        public float Y2 { get; set; }
    }
}
