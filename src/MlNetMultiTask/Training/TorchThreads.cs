using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>
/// Torch's number of threads is one setting of the whole process. Whoever asks for a number holds it until disposed; the
/// last one puts the old number back.
/// </summary>
internal static class TorchThreads
{
    private static readonly Lock _lock = new();
    private static int _users;
    private static int _before;

    /// <summary>Sets the number of threads until the result is disposed.</summary>
    /// <param name="count">The number; null leaves the setting alone.</param>
    /// <exception cref="InvalidOperationException">Another training holds another number.</exception>
    public static IDisposable Use(int? count)
    {
        if (count is not { } wanted)
        {
            return new Holder(null);
        }

        lock (_lock)
        {
            int current = torch.get_num_threads();
            if (_users > 0 && current != wanted)
            {
                throw new InvalidOperationException(
                    $"Option NumberOfThreads is {wanted}, and another training in this process runs with {current}. The setting belongs to the process: use the same number in both, or leave it null.");
            }

            if (_users++ == 0)
            {
                _before = current;
                torch.set_num_threads(wanted);
            }
        }

        return new Holder(Release);
    }

    private static void Release()
    {
        lock (_lock)
        {
            if (--_users == 0)
            {
                torch.set_num_threads(_before);
            }
        }
    }

    private sealed class Holder(Action? release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
