namespace MlNetMultiTask.Evaluation;

/// <summary>Says of what fails among many trainings where it failed.</summary>
internal static class FailurePlace
{
    /// <summary>Acts; the errors of input and of training get the place before their message.</summary>
    /// <param name="place">The place.</param>
    /// <param name="action">What may fail.</param>
    /// <param name="isForeign">Whether it is an estimator of others: whatever it throws is an error of training, unless it was cancelled.</param>
    /// <param name="cancellationToken">Who may cancel it.</param>
    public static T Attempt<T>(string place, Func<T> action, bool isForeign = false, CancellationToken cancellationToken = default)
    {
        try
        {
            return action();
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{place}: {e.Message}", e);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            throw new InvalidOperationException($"{place}: {e.Message}", e);
        }
        catch (Exception e) when (isForeign && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new InvalidOperationException($"{place}: {e.GetType().Name}: {e.Message}", e);
        }
    }
}
