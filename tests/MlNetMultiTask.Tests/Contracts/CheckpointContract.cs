using System.Text;
using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A training that was cut off goes on where it was, and ends in the same bits.</summary>
public sealed class CheckpointContract : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Everything that has a state of its own: schedule with memory, momentum, dropout, early stopping, tasks that freeze.</summary>
    private static TrainerSetup Setup => new()
    {
        MaximumNumberOfEpochs = 14,
        LearningRate = LearningRateSchedule.ReduceOnPlateau(0.05, patience: 2).WithWarmUp(1.5),
        Optimizer = Optimizer.AdamW(0.01),
        Dropout = 0.2,
        LayerNormalization = true,
        ValidationColumnName = "Held",
        EarlyStopping = new EarlyStopping { Patience = 3, FreezeTasks = true },
        ExampleWeightColumnName = "Weight",
    };

    private string[] Files => [.. Directory.EnumerateFiles(_folder[""]).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Going_on_after_any_epoch_ends_in_the_same_bits(string trainerName)
    {
        using var whole = new Fitted(trainerName, Setup);
        int epochs = whole.Model.History!.Epochs.Count;
        Assert.True(epochs > 5, whole.Model.History.ToString());
        for (int cut = 1; cut < epochs; cut++)
        {
            CutOff(trainerName, Setup, cut);
            Assert.NotEmpty(Files);
            using var resumed = new Fitted(trainerName, Setup with { Checkpointing = new Checkpointing(_folder[""]) });

            Assert.Equal(ScoreBytes.Of(whole.Scored, whole.Outputs), ScoreBytes.Of(resumed.Scored, resumed.Outputs));
            Assert.Equal(Figures(whole), Figures(resumed));
            Assert.Equal(whole.Model.History.BestEpoch, resumed.Model.History!.BestEpoch);
            Assert.Empty(Files);
        }
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Two_checkpoints_are_kept_and_the_older_one_serves_where_the_newer_is_damaged(string trainerName)
    {
        using var whole = new Fitted(trainerName, Setup);
        CutOff(trainerName, Setup, 5);
        Assert.Equal(2, Files.Length);
        byte[] content = File.ReadAllBytes(Files[1]);
        content[content.Length / 3] ^= 1;
        File.WriteAllBytes(Files[1], content);
        File.WriteAllText(_folder["0000000009.checkpoint"], "");
        var warnings = new List<string>();
        var ml = new MLContext(1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            {
                warnings.Add(e.Message);
            }
        };
        IDataView data = TestData.View(ml);
        using MultiTaskTransformer resumed = TrainerCases.Create(trainerName, ml, TrainerCases.WithoutRefused(trainerName, Setup with { Checkpointing = new Checkpointing(_folder[""]) })).Fit(data);

        Assert.Equal(ScoreBytes.Of(whole.Scored, whole.Outputs), ScoreBytes.Of(resumed.Transform(whole.Data), whole.Outputs));
        Assert.Contains(warnings, warning => warning.Contains("0000000005.checkpoint", StringComparison.Ordinal) && warning.Contains("checksum", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("0000000009.checkpoint", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Where_all_are_damaged_nothing_is_lost_without_a_word(string trainerName)
    {
        CutOff(trainerName, Setup, 3);
        Array.ForEach(Files, file => File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]));

        string message = Assert.Throws<FormatException>(() => new Fitted(trainerName, Setup with { Checkpointing = new Checkpointing(_folder[""]) })).Message;

        Assert.Contains("Delete them to begin anew", message, StringComparison.Ordinal);
        Assert.Equal(2, Files.Length);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_checkpoint_of_another_training_is_refused_with_what_differs(string trainerName)
    {
        CutOff(trainerName, Setup, 3);
        var checkpointing = new Checkpointing(_folder[""]);
        (TrainerSetup Setup, string[] Words)[] others =
        [
            (Setup with { BatchSize = 8 }, ["BatchSize was 16, and is 8"]),
            (Setup with { LearningRate = 0.1 }, ["LearningRate was ReduceOnPlateau(0.05", "and is Constant(0.1)"]),
            (Setup with { Optimizer = Optimizer.Sgd() }, ["Optimizer was AdamW(weightDecay 0.01", "and is Sgd(momentum 0.9"]),
            (Setup with { EarlyStopping = new EarlyStopping { Patience = 4, FreezeTasks = true } }, ["EarlyStopping was RelativeLoss, patience 3", "and is RelativeLoss, patience 4"]),
            (Setup with { ValidationColumnName = null, ValidationFraction = 0.5f }, ["number of training rows was 45, and is 30", "checksum of the training data"]),
            (Setup with { ExampleWeightColumnName = null }, ["checksum of the training data"]),
            (Setup with { Dropout = 0 }, ["Dropout was 0.2, and is 0"]),
            (Setup with { Seed = 3 }, ["seed was", "and is 3", "option Seed"]),
            (Setup with { Activation = Activation.Tanh }, ["Activation was ReLU, and is Tanh"]),
            (Setup with { Tasks = [PredictionTask.MulticlassClassification("Color", lossWeight: 2), .. TestData.Tasks()[1..]] }, ["task 'Color' was", "\"lossWeight\":1", "\"lossWeight\":2"]),
            (Setup with { BalancedGradients = BalancedGradients.OfParameters }, ["BalancedGradients was Automatic, and is OfParameters"]),
            (Setup with { Balancing = TaskBalancing.STCH(0.5) }, ["Balancing was Sum, and is STCH(smoothing 0.5)"]),
            (Setup with { Balancing = TaskBalancing.Fixed(("Color", 2)) }, ["Balancing was Sum, and is Fixed(Color 2)"]),
        ];
        using var another = new Fitted(trainerName, Setup with { MaximumNumberOfEpochs = 1 });
        others = [.. others, (Setup with { InitialModel = another.Model }, ["checksum of the initial model was none"])];
        Assert.All(others.Where(other => !TrainerCases.Refuses(trainerName, other.Words[0].Split(' ')[0])), other =>
        {
            string message = Assert.Throws<ArgumentException>(() => new Fitted(trainerName, other.Setup with { Checkpointing = checkpointing })).Message;
            Assert.All(other.Words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        });
        Assert.Equal(2, Files.Length);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Checkpoints_come_as_often_as_is_wanted(string trainerName)
    {
        var written = new List<string>();
        using (var fitted = new Fitted(trainerName, new TrainerSetup
        {
            MaximumNumberOfEpochs = 8,
            Checkpointing = new Checkpointing(_folder["deep/down"]) { NumberOfEpochs = 3 },
            Progress = new Report(_ => written.AddRange(Directory.EnumerateFiles(_folder["deep/down"], "*.checkpoint").Select(file => Path.GetFileName(file)!))),
        }))
        {
            Assert.Equal(["0000000003.checkpoint", "0000000006.checkpoint"], written.Distinct());
            Assert.Empty(Directory.EnumerateFiles(_folder["deep/down"]));
        }

        written.Clear();
        using var timed = new Fitted(trainerName, new TrainerSetup
        {
            MaximumNumberOfEpochs = 4,
            Checkpointing = new Checkpointing(_folder[""]) { NumberOfEpochs = null, Interval = TimeSpan.FromTicks(1) },
            Progress = new Report(_ => written.AddRange(Files.Where(file => file.EndsWith(".checkpoint", StringComparison.Ordinal)))),
        });
        Assert.Equal(3, written.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void Files_of_others_are_left_alone(string trainerName)
    {
        string[] others = ["download.tmp", "llama.checkpoint", "0-old.checkpoint", "zz.checkpoint", "notes.txt"];
        Array.ForEach(others, other => File.WriteAllText(_folder[other], "mine"));
        CutOff(trainerName, Setup, 4);
        Assert.Equal(2, Files.Length - others.Length);
        using var resumed = new Fitted(trainerName, Setup with { Checkpointing = new Checkpointing(_folder[""]) });

        Assert.Equal(others.Order(StringComparer.Ordinal), Files.Select(file => Path.GetFileName(file)!));
        Assert.All(others, other => Assert.Equal("mine", File.ReadAllText(_folder[other])));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_folder_serves_one_training_at_a_time_and_must_be_one(string trainerName)
    {
        string message = "";
        var checkpointing = new Checkpointing(_folder[""]);
        using (var first = new Fitted(trainerName, new TrainerSetup
        {
            Checkpointing = checkpointing,
            Progress = new Report(_ => message = Assert.Throws<IOException>(() => new Fitted(trainerName, new TrainerSetup { Checkpointing = checkpointing })).Message),
        }))
        {
            Assert.Contains("each training one of its own", message, StringComparison.Ordinal);
        }

        File.WriteAllText(_folder["file"], "");
        Assert.Contains("Option Checkpointing", Assert.Throws<IOException>(() => new Fitted(trainerName, new TrainerSetup { Checkpointing = new Checkpointing(_folder["file"]) })).Message, StringComparison.Ordinal);
    }

    /// <summary>Somebody who makes the checksum anew gets an answer that names the file, and the older checkpoint serves.</summary>
    [Theory]
    [InlineData("\"elapsedTicks\":", "\"elapsedTicks\":9223372036854775807,\"x\":")]
    [InlineData("\"progress\":[", "\"progress\":[0,9221120237041090560,0],\"y\":[")]
    [InlineData("{\"name\":\"BatchSize\"", "{\"name\":\"seed\"")]
    [InlineData("\"frozen\":[", "\"frozen\":[0,")]
    [InlineData("\"name\": \"Color\"", "\"name\": \"Colour\"")]
    public void A_forged_checkpoint_is_refused_and_the_older_one_serves(string from, string to)
    {
        const string TrainerName = "HardParameterSharing";
        using var whole = new Fitted(TrainerName, Setup);
        CutOff(TrainerName, Setup, 5);
        File.WriteAllBytes(Files[1], Forge(File.ReadAllBytes(Files[1]), from, to));
        using var resumed = new Fitted(TrainerName, Setup with { Checkpointing = new Checkpointing(_folder[""]) });

        Assert.Equal(ScoreBytes.Of(whole.Scored, whole.Outputs), ScoreBytes.Of(resumed.Scored, resumed.Outputs));
    }

    /// <summary>A tag of 8 bytes, the lengths of three parts, the parts, and a checksum.</summary>
    private static byte[] Forge(byte[] content, string from, string to)
    {
        int[] lengths = [.. Enumerable.Range(0, 3).Select(part => BitConverter.ToInt32(content, 8 + (4 * part)))];
        byte[][] parts = [.. lengths.Select((length, part) => content[(20 + lengths[..part].Sum())..(20 + lengths[..part].Sum() + length)])];
        int changed = Array.FindIndex(parts, part => Encoding.UTF8.GetString(part).Contains(from, StringComparison.Ordinal));
        Assert.InRange(changed, 0, 1);
        string text = Encoding.UTF8.GetString(parts[changed]);
        int at = text.IndexOf(from, StringComparison.Ordinal);
        parts[changed] = Encoding.UTF8.GetBytes(text[..at] + to + text[(at + from.Length)..]);
        byte[] body = [.. content[..8], .. parts.SelectMany(part => BitConverter.GetBytes(part.Length)), .. parts.SelectMany(part => part)];
        return [.. body, .. System.Security.Cryptography.SHA256.HashData(body)];
    }

    /// <summary>Trains with checkpoints until a number of epochs has ended, and is cut off in the next.</summary>
    private void CutOff(string trainerName, TrainerSetup setup, int epochs)
    {
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new Fitted(trainerName, setup with
        {
            Checkpointing = new Checkpointing(_folder[""]),
            CancellationToken = cancellation.Token,
            ProgressInterval = TimeSpan.Zero,
            Progress = new Report(progress =>
            {
                if (progress.Epoch == epochs + 1)
                {
                    cancellation.Cancel();
                }
            }),
        }));
    }

    private static double[] Figures(Fitted fitted) =>
        [.. fitted.Model.History!.Epochs.SelectMany(epoch => (double[])[epoch.LearningRate, .. epoch.TrainingLosses.Values, .. epoch.TrainingMetrics.Values, .. epoch.ValidationLosses!.Values, .. epoch.ValidationMetrics!.Values, .. epoch.TaskWeights.Values])];
}
