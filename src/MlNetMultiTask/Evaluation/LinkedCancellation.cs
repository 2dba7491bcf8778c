namespace MlNetMultiTask.Evaluation;

/// <summary>Work that two may cancel: who asked for it, and whose trainer does it.</summary>
internal static class LinkedCancellation
{
    /// <summary>Works, and says when it is cancelled whose token it was.</summary>
    public static T Run<T>(Func<CancellationToken, T> work, CancellationToken first, CancellationToken second)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(first, second);
        try
        {
            return work(either.Token);
        }
        catch (OperationCanceledException e) when (either.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, first.IsCancellationRequested ? first : second);
        }
    }
}
