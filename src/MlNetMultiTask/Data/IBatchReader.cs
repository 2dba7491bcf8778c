namespace MlNetMultiTask.Data;

/// <summary>One pass over a batch source.</summary>
internal interface IBatchReader : IDisposable
{
    /// <summary>The next batch, its tensors in the dispose scope of the caller; null at the end.</summary>
    Batch? Read();
}
