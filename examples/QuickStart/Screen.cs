using System.Globalization;
using MlNetMultiTask;
using Spectre.Console;

namespace QuickStart;

/// <summary>What is shown. In a file or a pipe: plain lines, without colours and moving bars.</summary>
internal static class Screen
{
    public static IAnsiConsole Out { get; } = CreateConsole();

    public static void Say(FormattableString text) => Say(text.ToString(CultureInfo.InvariantCulture));

    public static void Say(string text) => Console.WriteLine(text);

    public static void Complain(string text) => Console.Error.WriteLine(text);

    /// <summary>Runs a training, and shows each epoch with the losses of the tasks.</summary>
    public static T ShowEpochs<T>(Func<IProgress<TrainingProgress>, T> train)
    {
        if (!Out.Profile.Capabilities.Interactive)
        {
            return train(new EpochProgress(epoch =>
            {
                if (epoch.Epoch == 1 || epoch.Epoch % 10 == 0)
                {
                    Say(Describe(epoch));
                }
            }));
        }

        return Out.Progress()
            .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                ProgressTask bar = context.AddTask("Reading the penguins");
                return train(new EpochProgress(epoch =>
                {
                    bar.MaxValue = epoch.MaximumNumberOfEpochs;
                    bar.Value = epoch.Epoch;
                    bar.Description = Markup.Escape(Describe(epoch));
                }));
            });
    }

    private static string Describe(TrainingProgress epoch)
    {
        IEnumerable<string> losses = epoch.TrainingLosses.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Key} {loss.Value:0.000}"));
        return $"Epoch {epoch.Epoch,2} of {epoch.MaximumNumberOfEpochs}, losses: {string.Join(", ", losses)}";
    }

    private static IAnsiConsole CreateConsole() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        Interactive = Console.IsOutputRedirected ? InteractionSupport.No : InteractionSupport.Detect,
    });

    /// <summary>Calls at once and in order. (<see cref="Progress{T}"/> would call from other threads, some time later.)</summary>
    private sealed class EpochProgress(Action<TrainingProgress> show) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => show(value);
    }
}
