using Microsoft.ML;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Scoring;

/// <summary>Loads model files through ML.NET, checked as a whole first, and with one kind of exception for a bad file.</summary>
internal static class ModelLoading
{
    /// <param name="mlContext">The context that loads.</param>
    /// <param name="stream">The file, readable and seekable; it is read from its beginning.</param>
    /// <param name="source">How messages call it.</param>
    /// <param name="inputSchema">The schema that was saved with the model; null where there is none.</param>
    public static ITransformer Load(MLContext mlContext, Stream stream, string source, out DataViewSchema? inputSchema)
    {
        try
        {
            ModelArchive.Verify(stream);
            stream.Position = 0;
            return mlContext.Model.Load(stream, out inputSchema);
        }
        catch (Exception e) when (IsAboutTheFile(FindCause(e)))
        {
            // Without an inner exception, as in the loader: then GetBaseException() is this very message, whoever wraps it.
            throw new FormatException($"{source} can't be loaded: {FindCause(e).Message}");
        }
    }

    /// <summary>What our own loader says of the file, whatever it has inside (the exception of a user's module, say); else the innermost exception.</summary>
    private static Exception FindCause(Exception e)
    {
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is FormatException)
            {
                return cause;
            }
        }

        return e.GetBaseException();
    }

    /// <summary>
    /// ML.NET's loaders answer bad bytes with whatever they run into; an assembly that is not there is one that the file names.
    /// What is left out has other causes: the disk, the memory, or LibTorch. What our own loader does not support is an ML.NET of another version, and
    /// no fault of the file.
    /// </summary>
    private static bool IsAboutTheFile(Exception e) =>
        e is EndOfStreamException or FileNotFoundException or FileLoadException
        || e is not (IOException or OutOfMemoryException or TorchUnavailableException or UnauthorizedAccessException or PlatformNotSupportedException);
}
