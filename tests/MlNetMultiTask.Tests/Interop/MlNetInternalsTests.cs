using System.Reflection;
using Microsoft.ML;
using MlNetMultiTask.Interop;

namespace MlNetMultiTask.Tests.Interop;

/// <summary>The guard before ML.NET's internals.</summary>
public sealed class MlNetInternalsTests
{
    private static readonly Assembly _core = typeof(SchemaShape).Assembly;

    [Fact]
    public void The_ML_NET_of_this_process_has_all_that_is_needed()
    {
        Assert.Null(MlNetInternals.FindProblem(_core));
        MlNetInternals.Check();
    }

    [Fact]
    public void The_version_that_messages_name_is_the_one_that_the_tests_run_with()
    {
        string running = _core.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

        Assert.StartsWith(MlNetInternals.CompiledAgainst, running, StringComparison.Ordinal);
        Assert.False(running.Length > MlNetInternals.CompiledAgainst.Length && char.IsAsciiDigit(running[MlNetInternals.CompiledAgainst.Length]));
    }

    [Fact]
    public void An_assembly_that_lacks_something_is_described_with_both_versions_and_what_is_missing()
    {
        Assembly other = typeof(object).Assembly;
        string problem = MlNetInternals.FindProblem(other)!;

        Assert.Contains($"Microsoft.ML {MlNetInternals.CompiledAgainst}", problem, StringComparison.Ordinal);
        Assert.Contains(other.GetName().Name!, problem, StringComparison.Ordinal);
        Assert.Contains(other.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion, problem, StringComparison.Ordinal);
        Assert.Contains("lacks Microsoft.ML.ModelSaveContext.", problem, StringComparison.Ordinal);
        Assert.Contains("below 6.0", problem, StringComparison.Ordinal);
    }
}
