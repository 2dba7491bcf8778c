namespace MlNetMultiTask;

/// <summary>What a trunk must be like that a factory is asked for: see <see cref="MultiTaskNetworks.RegisterTrunk"/>.</summary>
public sealed class CustomTrunkRequest
{
    /// <summary>Creates a request, as a test of a factory wants it.</summary>
    /// <param name="featureCount">The number of features; 1 or more.</param>
    /// <param name="outputWidth">The width of the output; 1 or more.</param>
    /// <param name="settings">What the factory is told beside; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public CustomTrunkRequest(int featureCount, int outputWidth, IReadOnlyDictionary<string, string>? settings = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputWidth, 1);
        FeatureCount = featureCount;
        OutputWidth = outputWidth;
        Settings = settings ?? new Dictionary<string, string>();
    }

    /// <summary>The number of features, F: the module gets tensors [B, F].</summary>
    public int FeatureCount { get; }

    /// <summary>The width of the output, H, as <see cref="Trunk.Custom"/> was told: the module gives tensors [B, H].</summary>
    public int OutputWidth { get; }

    /// <summary>The settings that <see cref="Trunk.Custom"/> was given, or those of the file from which a model is loaded. They are never null.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }
}
