using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Tests.Tasks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Training;

/// <summary>
/// Rows with labels of every kind, made up and the same each time, and beside the library's network and engine for them
/// the plain network and the losses of textbooks: what a mean loss and its gradient must be, in double precision.
/// </summary>
internal sealed class TrainingRows
{
    public const int FeatureCount = 3;

    private static readonly int[] _shared = [5];
    private static readonly int[] _head = [3];

    private readonly Func<double[], float[], int, double>[] _slotLosses;

    public TrainingRows(int rowCount, uint seed = 1, bool weights = false)
    {
        RowCount = rowCount;
        Features = Draw(rowCount * FeatureCount, seed, 1, value => value);
        Tasks =
        [
            PredictionTask.MulticlassClassification("Class", lossWeight: 1f),
            PredictionTask.BinaryClassification("Yes", lossWeight: 2f),
            PredictionTask.Regression("Number", lossWeight: 0.5f),
            PredictionTask.Regression("Vector", lossWeight: 1f),
            PredictionTask.MultilabelClassification("Set", lossWeight: 1.5f),
        ];
        Infos =
        [
            new() { OutputCount = 3 },
            new() { OutputCount = 1 },
            new() { OutputCount = 1, Means = [0.5f], Deviations = [2f] },
            new() { OutputCount = 2, IsVector = true, Means = [0f, -1f], Deviations = [1f, 4f] },
            new() { OutputCount = 3 },
        ];
        Widths = [1, 1, 1, 2, 3];
        Labels =
        [
            Draw(rowCount, seed, 2, value => MathF.Floor((value + 1) * 1.4999f)),
            Draw(rowCount, seed, 3, value => value > 0.2f ? 1f : 0f),
            Draw(rowCount, seed, 4, value => value * 5f),
            Draw(rowCount * 2, seed, 5, value => value * 3f),
            Draw(rowCount * 3, seed, 6, value => value > 0f ? 1f : 0f),
        ];
        Weights = weights ? Draw(rowCount, seed, 7, value => value + 1.1f) : null;
        _slotLosses =
        [
            (raw, label, _) => PlainLosses.CrossEntropy(raw, (int)label[0]),
            (raw, label, s) => PlainLosses.Logistic(raw[s], label[s]),
            (raw, label, s) => PlainLosses.Squared(raw[s], (label[s] - 0.5) / 2),
            (raw, label, s) => PlainLosses.Squared(raw[s], s == 0 ? label[s] : (label[s] + 1.0) / 4),
            (raw, label, s) => PlainLosses.Logistic(raw[s], label[s]),
        ];
    }

    public int RowCount { get; }

    public PredictionTask[] Tasks { get; }

    public LabelInfo[] Infos { get; }

    public int[] Widths { get; }

    public float[] Features { get; }

    /// <summary>Per task the labels, row by row; set to NaN what is to be missing.</summary>
    public float[][] Labels { get; }

    public float[]? Weights { get; }

    public PlainNetwork Plain => new(FeatureCount, _shared, _head, [.. Infos.Select(info => info.OutputCount)], alignment: FlatBuffer.Alignment / sizeof(float));

    public TabularData ToData() => new()
    {
        RowCount = RowCount,
        FeatureCount = FeatureCount,
        Features = Features,
        Labels = Labels,
        LabelWidths = Widths,
        Weights = Weights,
    };

    public RunningMetric[] CreateMetrics() => [.. Tasks.Select((task, i) => task.CreateMetric(Infos[i]))];

    public InMemoryBatchSource OpenSource() => new(ToData(), new LabelTargets(ToData(), Tasks, Infos));

    /// <summary>A network with random parameters everywhere, biases among them, so that no ReLU stands on its kink.</summary>
    public MultiTaskNetwork CreateNetwork(uint seed = 1)
    {
        MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(FeatureCount, [.. Infos.Select(info => info.OutputCount)], _shared, _head));
        var random = new CounterRandom(seed, 50);
        float[][] biases = [.. Infos.Select(info => new float[info.OutputCount])];
        Array.ForEach(biases, bias => random.FillUniform(bias, 1f));
        network.Initialize(random, biases);
        using IDisposable noGradient = TorchSharp.torch.no_grad();
        foreach (TorchSharp.Modules.Parameter parameter in network.SharedParameters.Concat(Enumerable.Range(0, Tasks.Length).SelectMany(network.GetTaskParameters)).Where(p => p.dim() == 1))
        {
            float[] values = new float[parameter.numel()];
            random.FillUniform(values, 0.5f);
            using TorchSharp.torch.Tensor tensor = TorchSharp.torch.tensor(values);
            parameter.copy_(tensor);
        }

        return network;
    }

    /// <summary>
    /// What a task's loss is meant to be: per slot the mean over the rows that have a label there, weighted by row; over the
    /// slots that have any label, their mean. Classes are one slot.
    /// </summary>
    public double MeanLoss(double[] parameters, int task) => SumOfSlots(parameters, task, (total, _, labelled) => total / labelled);

    /// <summary>Σ over tasks of loss weight times mean loss: what training minimises.</summary>
    public double Objective(double[] parameters) => Tasks.Select((task, i) => task.LossWeight * MeanLoss(parameters, i)).Sum();

    /// <summary>A task's loss of one row, of which all labels are known, from the row's raw outputs.</summary>
    public double RowLoss(double[] raw, int row, int task)
    {
        int width = Widths[task];
        return Enumerable.Range(0, width).Average(slot => _slotLosses[task](raw, Labels[task][(row * width)..((row + 1) * width)], slot));
    }

    private double SumOfSlots(double[] parameters, int task, Func<double, int, int, double> reduce)
    {
        int width = Widths[task];
        PlainNetwork plain = Plain;
        double[][] raw = [.. Enumerable.Range(0, RowCount).Select(row => plain.Forward(parameters, Row(row))[task])];
        double sum = 0;
        int used = 0;
        for (int slot = 0; slot < width; slot++)
        {
            int[] labelled = [.. Enumerable.Range(0, RowCount).Where(row => !float.IsNaN(Labels[task][(row * width) + slot]))];
            if (labelled.Length > 0)
            {
                used++;
                sum += reduce(labelled.Sum(row => (Weights?[row] ?? 1.0) * _slotLosses[task](raw[row], Labels[task][(row * width)..((row + 1) * width)], slot)), slot, labelled.Length);
            }
        }

        return sum / used;
    }

    private double[] Row(int row) => [.. Features.Skip(row * FeatureCount).Take(FeatureCount).Select(value => (double)value)];

    private static float[] Draw(int count, uint seed, uint purpose, Func<float, float> map)
    {
        float[] values = new float[count];
        new CounterRandom(seed, 100 + purpose).FillUniform(values, 1f);
        return Array.ConvertAll(values, value => map(value));
    }
}
