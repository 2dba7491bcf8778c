using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>
/// Torch's number of threads inside one operation. Torch keeps it for the process, and once more for each thread that has
/// asked for it: so all users must agree on one number, each sets it on its own thread, and each puts back on its thread
/// what the process had before the first of them.
/// </summary>
internal static class TorchThreads
{
    private static readonly Lock _lock = new();
    private static int _users;
    private static int _agreed;
    private static int _before;

    [ThreadStatic]
    private static ThreadUse? _current;

    /// <summary>Sets the number of threads until the result is disposed, on the thread that asked.</summary>
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
            if (_users > 0 && _agreed != wanted)
            {
                throw new InvalidOperationException(
                    $"Option NumberOfThreads is {wanted}, and another training in this process runs with {_agreed}. The setting belongs to the process: use the same number in both, or leave it null.");
            }

            if (_users++ == 0)
            {
                _agreed = wanted;
                _before = torch.get_num_threads();
            }

            ThreadUse use = _current ??= new ThreadUse();
            if (use.Depth++ == 0)
            {
                torch.set_num_threads(wanted);
            }

            return new Holder(() => Release(use));
        }
    }

    private static void Release(ThreadUse use)
    {
        lock (_lock)
        {
            _users--;
            if (--use.Depth == 0)
            {
                torch.set_num_threads(_before);
            }
        }
    }

    /// <summary>How often a thread uses the setting at the moment.</summary>
    private sealed class ThreadUse
    {
        public int Depth { get; set; }
    }

    private sealed class Holder(Action? release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
