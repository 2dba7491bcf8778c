namespace MlNetMultiTask.Evaluation;

/// <summary>Says of what fails among many trainings where it failed.</summary>
internal static class FailurePlace
{
    /// <summary>Acts; the errors of input and of training get the place before their message.</summary>
    public static T Attempt<T>(string place, Func<T> action)
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
    }
}
