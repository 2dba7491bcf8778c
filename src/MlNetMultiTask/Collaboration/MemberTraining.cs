using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Models;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Collaboration;

/// <summary>Trains the members of an ensemble, or the networks of groups of tasks, one after the other or several at a time.</summary>
/// <param name="host">Who is told of it.</param>
/// <param name="run">How the whole is watched, kept and ended.</param>
/// <param name="prototypes">The trainers of which members are made.</param>
internal sealed class MemberTraining(IHost host, TrainingRun run, IReadOnlyList<MultiTaskTrainer> prototypes) : IDisposable
{
    private readonly IChannel _channel = host.Start("Training");
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource([run.CancellationToken, .. prototypes.Select(member => member.Run.CancellationToken)]);
    private readonly Lock _reporting = new();

    /// <summary>What a member is, in messages.</summary>
    public string Noun { get; init; } = "member";

    /// <summary>Whether the whole is nothing without each of its members.</summary>
    public bool NeedsAll { get; init; }

    /// <summary>How many are trained at a time.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>How a member runs: its progress is told as that of one among others, and its checkpoints are kept in a folder of their own.</summary>
    public TrainingRun GetRun(int member)
    {
        TrainingRun own = run.GetPart(prototypes[member].Run);
        IProgress<TrainingProgress>[] listeners = [.. new[] { own.Progress, run.Progress }.OfType<IProgress<TrainingProgress>>()];
        return own with
        {
            Progress = listeners.Length == 0 ? null : new MemberProgress(listeners, member + 1, prototypes.Count, _reporting),
            Checkpointing = GetCheckpointing(member),
            CancellationToken = _cancellation.Token,
        };
    }

    /// <summary>Trains all members, and makes one model of theirs. A member that fails ends the others.</summary>
    /// <param name="trainers">The members' trainers.</param>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">The validation data, or null.</param>
    /// <param name="initialModels">Per member the model to go on from; null for none.</param>
    /// <param name="combine">Makes the model; where training was cancelled and the best so far is wanted, of the members that are there, unless all are needed.</param>
    public T Train<T>(IReadOnlyList<MultiTaskTrainer> trainers, IDataView trainData, IDataView? validationData, IReadOnlyList<MultiTaskTransformer>? initialModels, Func<IReadOnlyList<Model>, T> combine)
    {
        IReadOnlyList<Model> models = Train(trainers, trainData, validationData, initialModels);
        try
        {
            T whole = combine(models);
            Clear();
            return whole;
        }
        catch
        {
            Dispose(models);
            throw;
        }
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _channel.Dispose();
    }

    private IReadOnlyList<Model> Train(IReadOnlyList<MultiTaskTrainer> trainers, IDataView trainData, IDataView? validationData, IReadOnlyList<MultiTaskTransformer>? initialModels)
    {
        var models = new Model?[trainers.Count];
        var failures = new Exception?[trainers.Count];
        void TrainMember(int i)
        {
            try
            {
                _cancellation.Token.ThrowIfCancellationRequested();
                _channel.Info(MessageSensitivity.None, FormattableString.Invariant($"Training {Noun} {i + 1} of {trainers.Count}."));
                models[i] = trainers[i].Fit(trainData, validationData, initialModels?[i]).Model;
            }
            catch (Exception e)
            {
                // Kept, and thrown below: the first cause counts, and not what it brings about in the others.
                failures[i] = e;
                if (e is not OperationCanceledException)
                {
                    _cancellation.Cancel();
                }
            }
        }

        if (Parallel == 1 || trainers.Count == 1)
        {
            for (int i = 0; i < trainers.Count; i++)
            {
                TrainMember(i);
            }
        }
        else
        {
            System.Threading.Tasks.Parallel.For(0, trainers.Count, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, TrainMember);
        }

        IReadOnlyList<Model> trained = [.. models.OfType<Model>()];
        Exception? failure = Array.Find(failures, e => e is not (null or OperationCanceledException)) ?? Array.Find(failures, e => e is not null);
        if (failure is null)
        {
            return trained;
        }

        if (failure is OperationCanceledException && run.OnCancellation == OnCancellation.ReturnBest && trained.Count > 0 && !NeedsAll)
        {
            _channel.Warning(MessageSensitivity.None, FormattableString.Invariant($"Training was cancelled; the ensemble has {trained.Count} of {trainers.Count} members."));
            return trained;
        }

        Dispose(trained);
        if (failure is OperationCanceledException && Tokens.FirstOrDefault(token => token.IsCancellationRequested) is { IsCancellationRequested: true } cancelled)
        {
            throw new OperationCanceledException(failure.Message, failure, cancelled);
        }

        ExceptionDispatchInfo.Throw(failure);
        throw failure;
    }

    /// <summary>Deletes what was kept of finished members, unless the whole is a member itself: then it is the larger one that ends.</summary>
    private void Clear()
    {
        if (run.Checkpointing is { KeepsEnd: true } || _cancellation.IsCancellationRequested)
        {
            return;
        }

        foreach (Checkpointing checkpointing in Enumerable.Range(0, prototypes.Count).Select(GetCheckpointing).OfType<Checkpointing>())
        {
            Clear(checkpointing.Folder);
        }
    }

    private static void Dispose(IEnumerable<Model> models)
    {
        foreach (Model model in models)
        {
            model.Dispose();
        }
    }

    /// <summary>The tokens of those who may cancel; the members themselves see one that is linked to all.</summary>
    private IEnumerable<CancellationToken> Tokens => prototypes.Select(member => member.Run.CancellationToken).Prepend(run.CancellationToken);

    private Checkpointing? GetCheckpointing(int member) =>
        (run.Checkpointing ?? run.GetPart(prototypes[member].Run).Checkpointing) is { } given
            ? new Checkpointing(GetFolder(given.Folder, member))
            {
                NumberOfEpochs = given.NumberOfEpochs,
                Interval = given.Interval,
                KeepsEnd = true,
            }
            : null;

    private static string GetFolder(string folder, int member) => Path.Combine(folder, FormattableString.Invariant($"member{member + 1:0000}"));

    /// <summary>A member that is made of several has members' folders in its own, numbered from 1 without gaps.</summary>
    private void Clear(string folder)
    {
        for (int member = 0; Directory.Exists(GetFolder(folder, member)); member++)
        {
            Clear(GetFolder(folder, member));
        }

        using (var store = new CheckpointStore(new Checkpointing(folder), _channel))
        {
            store.Clear();
        }

        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private sealed class MemberProgress(IReadOnlyList<IProgress<TrainingProgress>> listeners, int member, int count, Lock reporting) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            lock (reporting)
            {
                foreach (IProgress<TrainingProgress> listener in listeners)
                {
                    listener.Report(value.Of(member, count));
                }
            }
        }
    }
}
