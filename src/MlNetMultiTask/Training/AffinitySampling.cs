namespace MlNetMultiTask.Training;

/// <summary>In which steps a training is sampled that is run to tell how tasks get on with one another.</summary>
/// <param name="Interval">Every how many steps; null for the trainer's own interval, or for about <see cref="UsualSamples"/> steps of an epoch.</param>
internal sealed record AffinitySampling(int? Interval)
{
    public const int UsualSamples = 10;

    /// <param name="stepsPerEpoch">The steps of an epoch.</param>
    /// <param name="own">What the trainer's options say; null for nothing.</param>
    public int GetInterval(int stepsPerEpoch, int? own) => Interval ?? own ?? Math.Max(1, (int)Math.Round((double)stepsPerEpoch / UsualSamples));
}
