namespace MlNetMultiTask.Tasks;

/// <summary>
/// Multiclass metrics counted while rows pass: memory for a few numbers a class, where ML.NET's evaluator needs a table
/// of classes x classes. Class K, one past the model's, stands for classes that the model does not know.
/// </summary>
internal sealed class MulticlassCounts(int classCount)
{
    /// <summary>As in ML.NET's evaluator: a probability of 0 costs this much and not infinity.</summary>
    private const double SmallestProbability = 1e-15;

    private readonly long[] _right = new long[classCount + 1];
    private readonly long[] _labelled = new long[classCount + 1];
    private readonly long[] _predicted = new long[classCount + 1];
    private double _logLoss;

    public long RowCount { get; private set; }

    public double MicroAccuracy => (double)_right.Sum() / RowCount;

    /// <summary>The unweighted mean over classes with labels of the share predicted right.</summary>
    public double MacroAccuracy => Present(i => _labelled[i] > 0).Average(i => (double)_right[i] / _labelled[i]);

    /// <summary>The unweighted mean over classes present in labels or predictions of F1.</summary>
    public double MacroF1 => Present(i => _labelled[i] + _predicted[i] > 0).Average(i => 2.0 * _right[i] / (_labelled[i] + _predicted[i]));

    public double LogLoss => _logLoss / RowCount;

    /// <summary>Counts a row.</summary>
    /// <param name="label">The label's class; K for one that the model does not know.</param>
    /// <param name="predicted">The predicted class; -1 for none.</param>
    /// <param name="probability">The probability given to the label's class.</param>
    public void Add(int label, int predicted, float probability)
    {
        RowCount++;
        _labelled[label]++;
        if (predicted >= 0)
        {
            _predicted[predicted]++;
            _right[label] += label == predicted ? 1 : 0;
        }

        _logLoss -= Math.Log(Math.Max(probability, SmallestProbability));
    }

    private IEnumerable<int> Present(Func<int, bool> isPresent) => Enumerable.Range(0, _labelled.Length).Where(isPresent);
}
