namespace MlNetMultiTask.Tasks;

/// <summary>What a decision threshold can be tuned for.</summary>
internal enum ThresholdMetric
{
    /// <summary>F1 of the positive class.</summary>
    F1,

    /// <summary>The mean of the recalls of both classes.</summary>
    BalancedAccuracy,
}
