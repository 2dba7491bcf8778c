namespace MlNetMultiTask;

/// <summary>What a network must be like that a factory is asked for: see <see cref="MultiTaskNetworks.Register"/>.</summary>
public sealed class CustomNetworkRequest
{
    /// <summary>Creates a request, as a test of a factory wants it.</summary>
    /// <param name="featureCount">The number of features; 1 or more.</param>
    /// <param name="outputCounts">Per task the number of raw outputs, each 1 or more.</param>
    /// <param name="settings">What the factory is told beside; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1.</exception>
    public CustomNetworkRequest(int featureCount, IReadOnlyList<int> outputCounts, IReadOnlyDictionary<string, string>? settings = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentNullException.ThrowIfNull(outputCounts);
        foreach (int count in outputCounts)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(outputCounts));
        }

        FeatureCount = featureCount;
        OutputCounts = outputCounts;
        Settings = settings ?? new Dictionary<string, string>();
    }

    /// <summary>The number of features, F: the module gets tensors [B, F].</summary>
    public int FeatureCount { get; }

    /// <summary>
    /// Per task, in the order of the trainer's tasks, the number of raw outputs, K: the number of classes, 1 for yes or no, the number of labels of a set, the length of a vector of numbers.
    /// A trainer of some of the tasks asks for these only.
    /// </summary>
    public IReadOnlyList<int> OutputCounts { get; }

    /// <summary>The settings of <see cref="CustomNetworkOptions.Settings"/>, or those of the file from which a model is loaded. They are never null.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }
}
