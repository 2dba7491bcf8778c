namespace MlNetMultiTask.Models;

/// <summary>
/// Counted ownership of native memory. The owner holds one reference and each scoring call another while it runs, so
/// that disposing under parallel scoring frees the memory after the last call, and later calls get an exception.
/// </summary>
internal sealed class SharedLifetime(string objectName, Action release)
{
    private readonly Lock _lock = new();
    private int _references = 1;
    private bool _ended;

    /// <summary>Takes a reference for the duration of a call.</summary>
    /// <exception cref="ObjectDisposedException">The owner has been disposed.</exception>
    public Reference Acquire()
    {
        lock (_lock)
        {
            ThrowIfEnded();
            _references++;
        }

        return new Reference(this);
    }

    /// <summary>Throws where the owner has been disposed.</summary>
    public void ThrowIfEnded() => ThrowIf(Volatile.Read(ref _ended));

    /// <summary>Gives up the owner's reference; calling it again does nothing.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        Release();
    }

    private void ThrowIf(bool ended)
    {
        if (ended)
        {
            throw new ObjectDisposedException(
                objectName,
                $"This {objectName} has been disposed. A PredictionEngine disposes its model with itself unless it is created with PredictionEngineOptions.OwnsTransformer = false; keep the model alive as long as anything scores with it, or load it again.");
        }
    }

    private void Release()
    {
        bool last;
        lock (_lock)
        {
            last = --_references == 0;
        }

        if (last)
        {
            release();
        }
    }

    /// <summary>One reference; disposing it gives it back.</summary>
    internal readonly struct Reference(SharedLifetime lifetime) : IDisposable
    {
        public void Dispose() => lifetime.Release();
    }
}
