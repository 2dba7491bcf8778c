namespace MlNetMultiTask;

/// <summary>TorchSharp's native libraries can't be loaded in this process. The message names the cause and the remedy.</summary>
public sealed class TorchUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The cause and the remedy.</param>
    /// <param name="innerException">What the loader said.</param>
    public TorchUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
