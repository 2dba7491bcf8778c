using System.Diagnostics;
using System.Text;

namespace MlNetMultiTask.Tests.Documentation;

/// <summary>A dotnet command or another program, run as a user would run it, with its output redirected.</summary>
internal sealed class ProgramRun
{
    private ProgramRun(int exitCode, string output, string error, TimeSpan elapsed)
    {
        ExitCode = exitCode;
        Output = output;
        Error = error;
        Elapsed = elapsed;
    }

    public int ExitCode { get; }

    public string Output { get; }

    public string Error { get; }

    public TimeSpan Elapsed { get; }

    /// <summary>All that a failing test should show.</summary>
    public string Everything => $"Exit code {ExitCode} after {Elapsed.TotalSeconds:0.0} s.\n--- output\n{Output}\n--- errors\n{Error}";

    public static Task<ProgramRun> DotnetAsync(string workingDirectory, TimeSpan limit, params IEnumerable<string> arguments) =>
        StartAsync(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", workingDirectory, limit, arguments);

    public static async Task<ProgramRun> StartAsync(string program, string workingDirectory, TimeSpan limit, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        MakeLikeAUsersShell(start.Environment);
        start.Environment["TMPDIR"] = workingDirectory;
        start.Environment["TEMP"] = workingDirectory;
        start.Environment["TMP"] = workingDirectory;

        var output = new StringBuilder();
        var error = new StringBuilder();
        var watch = Stopwatch.StartNew();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var cancellation = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', start.ArgumentList)}' has not ended within {limit.TotalSeconds:0} s.\n--- output\n{Read(output)}\n--- errors\n{Read(error)}");
        }

        return new ProgramRun(process.ExitCode, Read(output), Read(error), watch.Elapsed);
    }

    /// <summary>Takes away what "dotnet test" has set for itself, and the servers that would outlive a build and keep its pipes open.</summary>
    private static void MakeLikeAUsersShell(IDictionary<string, string?> environment)
    {
        string[] ours = [.. environment.Keys.Where(name =>
            name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase)
            || name is "DOTNET_CLI_TELEMETRY_SESSIONID" or "DOTNET_STARTUP_HOOKS")];
        foreach (string name in ours)
        {
            environment.Remove(name);
        }

        // Other tests keep the processors busy; torch's threads would then spin for one another's sake.
        environment["OMP_NUM_THREADS"] = "1";
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["UseSharedCompilation"] = "false";
        environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        environment["DOTNET_NOLOGO"] = "1";
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line).Append(line is null ? "" : "\n");
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
