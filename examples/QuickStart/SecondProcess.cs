using System.Diagnostics;

namespace QuickStart;

/// <summary>Starts this program once more, so that nothing but the file can carry the model over.</summary>
internal static class SecondProcess
{
    /// <summary>Returns the exit code.</summary>
    public static int Run(params string[] arguments)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The system does not tell where this program is.");
        var start = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            // Started as "dotnet QuickStart.dll": the process is dotnet, and the program its first argument.
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        Array.ForEach(arguments, start.ArgumentList.Add);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' can't be started again.");
        process.WaitForExit();
        return process.ExitCode;
    }
}
