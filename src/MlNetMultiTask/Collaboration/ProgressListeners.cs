namespace MlNetMultiTask.Collaboration;

/// <summary>Tells several listeners.</summary>
/// <param name="listeners">The listeners, in the order in which they are told.</param>
internal sealed class ProgressListeners(IReadOnlyList<IProgress<TrainingProgress>> listeners) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        foreach (IProgress<TrainingProgress> listener in listeners)
        {
            listener.Report(value);
        }
    }
}
