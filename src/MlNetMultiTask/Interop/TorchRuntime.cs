using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MlNetMultiTask.Interop;

/// <summary>
/// Makes sure that TorchSharp's native libraries load, before anything touches <see cref="torch"/>: TorchSharp fails
/// inside a type initializer, which can't be retried, and blames a missing package whatever the cause.
/// </summary>
internal static class TorchRuntime
{
    private static readonly Lock _lock = new();
    private static volatile bool _loaded;

    private static string LibraryFileName =>
        OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";

    /// <summary>Loads the native libraries, once a process.</summary>
    /// <exception cref="TorchUnavailableException">They are absent, or the system's loader refuses them.</exception>
    public static void EnsureLoaded()
    {
        if (_loaded)
        {
            return;
        }

        lock (_lock)
        {
            if (!_loaded)
            {
                Probe(GetSearchDirectories());
                TouchTorch();
                _loaded = true;
            }
        }
    }

    /// <summary>Tries the library where the runtime would find it; returns silently where it is in none of the directories.</summary>
    internal static void Probe(IEnumerable<string> directories)
    {
        Exception? refusal = null;
        string? refused = null;
        foreach (string directory in directories)
        {
            string path = Path.Combine(directory, LibraryFileName);
            if (!File.Exists(path))
            {
                continue;
            }

            try
            {
                NativeLibrary.Load(path);
                return;
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                (refusal, refused) = (refusal ?? e, refused ?? path);
            }
        }

        if (refusal is not null)
        {
            throw new TorchUnavailableException(Explain(refused!, refusal.Message), refusal);
        }
    }

    /// <summary>The cause and the remedy, from what the system's loader said of the file.</summary>
    internal static string Explain(string path, string loaderMessage)
    {
        string cause = $"TorchSharp's native library '{path}' can't be loaded: {loaderMessage.Trim()}";
        if (loaderMessage.Contains("GLIBCXX_", StringComparison.Ordinal))
        {
            return cause + Environment.NewLine
                + "This system's libstdc++ is older than the one that the library was linked with. MlNetMultiTask's build targets relax that requirement, which is never used: "
                + "build the application with them (they come with the package; the property MlNetMultiTaskPatchNativeLibraries must not be false), or install a libstdc++ of GCC 13 or newer.";
        }

        if (loaderMessage.Contains("libtorch", StringComparison.Ordinal) || loaderMessage.Contains("libc10", StringComparison.Ordinal) || loaderMessage.Contains("torch_cpu", StringComparison.Ordinal))
        {
            return cause + Environment.NewLine
                + "LibTorch itself is missing beside it. Add a package that brings it to the application: TorchSharp-cpu, or TorchSharp-cuda for a GPU, in the version of TorchSharp.";
        }

        return cause + Environment.NewLine
            + "Make sure that the application runs as a 64-bit process on a platform for which TorchSharp has libraries, and that the whole output folder was copied.";
    }

    private static IEnumerable<string> GetSearchDirectories()
    {
        string native = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return native.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"))
            .Distinct();
    }

    /// <summary>The first use of torch, where TorchSharp loads its libraries, or finds them in its own way.</summary>
    private static void TouchTorch()
    {
        try
        {
            FirstUse();
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or EntryPointNotFoundException)
        {
            throw new TorchUnavailableException(
                "TorchSharp's native libraries were not found. The library refers to TorchSharp only; the application chooses the processor: "
                + "add the package TorchSharp-cpu (or TorchSharp-cuda for a GPU) in the version of TorchSharp to it. TorchSharp says: " + e.GetBaseException().Message,
                e);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FirstUse()
    {
        using torch.Tensor one = torch.ones(1);
        _ = one.numel();
    }
}
