namespace MlNetMultiTask.Tests.Contracts;

/// <summary>The number of threads decides about the last bits, so it belongs to a checkpoint. It is the whole process's: this runs alone.</summary>
[Collection("NotParallel")]
public sealed class CheckpointThreadsContract
{
    [Theory]
    [MemberData(nameof(TrainerCases.OfOneTraining), MemberType = typeof(TrainerCases))]
    public void A_checkpoint_of_another_number_of_threads_is_refused(string trainerName)
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var setup = new TrainerSetup { NumberOfThreads = 1, Checkpointing = new Checkpointing(folder[""]) };
        var cut = setup with { CancellationToken = cancellation.Token, ProgressInterval = TimeSpan.Zero, Progress = new CancelInSecondEpoch(cancellation) };
        Assert.Throws<OperationCanceledException>(() => new Fitted(trainerName, cut));

        string message = Assert.Throws<ArgumentException>(() => new Fitted(trainerName, setup with { NumberOfThreads = 2 })).Message;

        Assert.Contains("number of threads was 1, and is 2", message, StringComparison.Ordinal);
        using var resumed = new Fitted(trainerName, setup);
        Assert.Equal(2, resumed.Model.History!.Epochs.Count);
    }

    private sealed class CancelInSecondEpoch(CancellationTokenSource cancellation) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Epoch == 2)
            {
                cancellation.Cancel();
            }
        }
    }
}
