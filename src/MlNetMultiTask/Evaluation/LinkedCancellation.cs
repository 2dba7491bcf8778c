namespace MlNetMultiTask.Evaluation;

/// <summary>Work that several may cancel: who asked for it, and whose trainer does it.</summary>
internal static class LinkedCancellation
{
    /// <summary>Works, and says when it is cancelled whose token it was.</summary>
    public static T Run<T>(Func<CancellationToken, T> work, params CancellationToken[] tokens)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(tokens);
        try
        {
            return work(any.Token);
        }
        catch (OperationCanceledException e) when (Array.Find(tokens, token => token.IsCancellationRequested) is { IsCancellationRequested: true } cancelled)
        {
            throw new OperationCanceledException(e.Message, e, cancelled);
        }
    }
}
