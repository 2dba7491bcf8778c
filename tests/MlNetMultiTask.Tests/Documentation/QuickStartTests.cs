using System.Globalization;
using System.Text.RegularExpressions;

namespace MlNetMultiTask.Tests.Documentation;

/// <summary>The quick start, run as a user does: a process of its own, its output in a pipe.</summary>
[Trait("Category", "Long")]
public sealed partial class QuickStartTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(180);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("MlNetMultiTask.Tests-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_trains_measures_saves_and_predicts_in_a_second_process()
    {
        ProgramRun run = await ProgramRun.DotnetAsync(_folder.FullName, _limit, RepositoryFiles.QuickStart);

        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.DoesNotContain('\e', run.Output + run.Error);
        Assert.DoesNotContain('\r', run.Output);
        Assert.InRange(Figure(run, Species()), 0.93, 1);
        Assert.InRange(Figure(run, Sex()), 0.78, 1);
        Assert.InRange(Figure(run, BodyMass()), 0.70, 0.95);
        Assert.Contains("Epoch 50 of 50", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"species +Gentoo", run.Output);
        Assert.Matches(@"sex +male", run.Output);
        Assert.InRange(Figure(run, PredictedBodyMass()), 5000, 6300);
        Assert.True(File.Exists(SavedModel().Match(run.Output).Groups[1].Value), run.Everything);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_a_clear_failure()
    {
        ProgramRun run = await ProgramRun.DotnetAsync(_folder.FullName, _limit, RepositoryFiles.QuickStart, "predict", "nowhere.zip");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("nowhere.zip", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_argument_is_answered_with_the_usage()
    {
        ProgramRun run = await ProgramRun.DotnetAsync(_folder.FullName, _limit, RepositoryFiles.QuickStart, "dance");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("predict <model.zip>", run.Error, StringComparison.Ordinal);
    }

    private static double Figure(ProgramRun run, Regex pattern)
    {
        Match match = pattern.Match(run.Output);
        Assert.True(match.Success, $"'{pattern}' is not in the output. {run.Everything}");
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Species .*accuracy ([0-9.]+)")]
    private static partial Regex Species();

    [GeneratedRegex(@"Sex .*accuracy ([0-9.]+)")]
    private static partial Regex Sex();

    [GeneratedRegex(@"BodyMass .*R² ([0-9.]+)")]
    private static partial Regex BodyMass();

    [GeneratedRegex(@"body mass +([0-9]+) g")]
    private static partial Regex PredictedBodyMass();

    [GeneratedRegex(@"saved as (.*model\.zip)")]
    private static partial Regex SavedModel();
}
