using MlNetMultiTask.Interop;

namespace MlNetMultiTask.Tests.Interop;

/// <summary>Native libraries that don't load: the message says which, why, and what to do.</summary>
public sealed class TorchRuntimeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("torch-runtime-").FullName;

    private static string FileName =>
        OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Directories_without_the_library_are_passed_over_in_silence()
    {
        TorchRuntime.Probe([]);
        TorchRuntime.Probe([_directory, Path.Combine(_directory, "absent")]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("This is no library.")]
    public void A_file_that_is_no_library_is_an_error_with_its_path_the_cause_and_a_remedy(string content)
    {
        string path = Path.Combine(_directory, FileName);
        File.WriteAllText(path, content);
        var error = Assert.Throws<TorchUnavailableException>(() => TorchRuntime.Probe([Path.Combine(_directory, "absent"), _directory]));

        Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.InnerException!.Message.Trim(), error.Message, StringComparison.Ordinal);
        Assert.Contains("64-bit process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_refusal_is_reported()
    {
        string second = Directory.CreateDirectory(Path.Combine(_directory, "second")).FullName;
        File.WriteAllText(Path.Combine(_directory, FileName), "one");
        File.WriteAllText(Path.Combine(second, FileName), "two");
        string message = Assert.Throws<TorchUnavailableException>(() => TorchRuntime.Probe([_directory, second])).Message;

        Assert.Contains($"'{Path.Combine(_directory, FileName)}'", message, StringComparison.Ordinal);
        Assert.DoesNotContain(second, message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_libstdc_is_named_with_the_property_that_relaxes_it()
    {
        string message = TorchRuntime.Explain("x.so", "/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by x.so)\n");

        Assert.Contains("'x.so'", message, StringComparison.Ordinal);
        Assert.Contains("GLIBCXX_3.4.32", message, StringComparison.Ordinal);
        Assert.Contains("MlNetMultiTaskPatchNativeLibraries", message, StringComparison.Ordinal);
        Assert.DoesNotContain("TorchSharp-cpu", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libtorch_cpu.so: cannot open shared object file: No such file or directory")]
    [InlineData("libc10.so: cannot open shared object file")]
    [InlineData("Unable to load DLL: torch_cpu.dll")]
    public void A_missing_libtorch_is_named_with_the_package_that_brings_it(string loaderMessage)
    {
        string message = TorchRuntime.Explain("x.so", loaderMessage);

        Assert.Contains(loaderMessage, message, StringComparison.Ordinal);
        Assert.Contains("TorchSharp-cpu", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_everything_is_in_place_torch_loads_and_asking_again_does_nothing()
    {
        TorchRuntime.EnsureLoaded();
        TorchRuntime.EnsureLoaded();

        using TorchSharp.torch.Tensor one = TorchSharp.torch.ones(1);
        Assert.Equal(1f, one.item<float>());
    }
}
