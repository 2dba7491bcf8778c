namespace MlNetMultiTask;

/// <summary>What a cancelled training does.</summary>
public enum OnCancellation
{
    /// <summary>Fit throws an <see cref="OperationCanceledException"/>.</summary>
    Throw,

    /// <summary>
    /// Fit returns the model of the best epoch so far: on the validation data by <see cref="EarlyStopping.Monitor"/>, without them by the training
    /// losses. Where not one epoch has ended, it throws.
    /// </summary>
    ReturnBest,
}
