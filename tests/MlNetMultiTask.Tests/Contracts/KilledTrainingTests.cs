using System.Diagnostics;
using MlNetMultiTask.FreshProcess;
using Xunit.Abstractions;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A process that is killed in the middle of training loses no more than the epoch that was under way.</summary>
[Trait("Category", "Long")]
public sealed class KilledTrainingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Thirty_trainings_killed_at_random_moments_go_on_and_end_in_the_same_bits()
    {
        var watch = Stopwatch.StartNew();
        byte[] expected = KilledTraining.Run(null, () => { });
        using (var first = new TemporaryFolder())
        {
            watch.Restart();
            Assert.Equal(expected, KilledTraining.Run(first[""], () => { }));
        }

        double duration = watch.Elapsed.TotalMilliseconds;
        var random = new Random(1);
        var interrupted = new List<int>();
        for (int i = 0; i < 30; i++)
        {
            using var folder = new TemporaryFolder();
            await KillAsync(folder[""], TimeSpan.FromMilliseconds(random.NextDouble() * duration));
            interrupted.Add(Directory.EnumerateFiles(folder[""], "*.checkpoint").Count());

            Assert.Equal(expected, KilledTraining.Run(folder[""], () => { }));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder[""]));
        }

        output.WriteLine($"Of 30 killed trainings, {interrupted.Count(count => count > 0)} had written a checkpoint.");
        Assert.True(interrupted.Count(count => count > 0) >= 10, string.Join(" ", interrupted));
    }

    private static async Task KillAsync(string folder, TimeSpan after)
    {
        var start = new ProcessStartInfo("dotnet", [Contracts.FreshProcess.Program, "train", folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["MKL_NUM_THREADS"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? line = await process.StandardOutput.ReadLineAsync();
        Assert.True(line == KilledTraining.Began, $"{line} {(line is null ? await errors : "")}");
        await Task.Delay(after);
        process.Kill();
        await process.WaitForExitAsync();
    }
}
