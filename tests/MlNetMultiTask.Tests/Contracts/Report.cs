namespace MlNetMultiTask.Tests.Contracts;

/// <summary>Does something with each report, at once and on the same thread.</summary>
internal sealed class Report(Action<TrainingProgress> then) : IProgress<TrainingProgress>
{
    void IProgress<TrainingProgress>.Report(TrainingProgress value) => then(value);
}
