using System.Diagnostics;

namespace MlNetMultiTask.Evaluation;

/// <summary>Where a comparison is: told before each training, ended when it is cancelled, and named by what fails.</summary>
/// <param name="progress">To whom it is told; null for nobody.</param>
/// <param name="total">How many trainings there will be, if all are needed.</param>
/// <param name="token">Ends it.</param>
internal sealed class ComparisonStages(IProgress<ComparisonProgress>? progress, int total, CancellationToken token)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _total = total;
    private int _completed;

    /// <summary>Ends the comparison.</summary>
    public CancellationToken Token => token;

    /// <summary>The repeat, from 1.</summary>
    public int Repeat { get; set; } = 1;

    /// <summary>The fold, from 1.</summary>
    public int Fold { get; set; } = 1;

    /// <summary>Tells what comes next.</summary>
    public void Report(string stage)
    {
        token.ThrowIfCancellationRequested();
        progress?.Report(new ComparisonProgress { Repeat = Repeat, Fold = Fold, Stage = stage, Completed = _completed, Total = _total, Elapsed = Stopwatch.GetElapsedTime(_started) });
    }

    /// <summary>Tells what is trained, and trains it.</summary>
    public T Train<T>(string stage, bool isForeign, Func<T> train)
    {
        Report(stage);
        T trained = Attempt(stage, train, isForeign);
        _completed++;
        return trained;
    }

    /// <summary>Takes trainings that are not needed out of the count.</summary>
    public void Skip(int trainings) => _total -= trainings;

    /// <summary>Says of what fails where it failed.</summary>
    public T Attempt<T>(string stage, Func<T> action, bool isForeign = false) => FailurePlace.Attempt(FormattableString.Invariant($"In repeat {Repeat}, fold {Fold}, {stage}"), action, isForeign, token);
}
