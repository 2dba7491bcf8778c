using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Trainers;

/// <summary>A training from data to models: of one network, or of several that learn from the same batches.</summary>
/// <param name="trainer">The trainer that is asked.</param>
/// <param name="options">The options of the training: its columns, its batches and its end.</param>
/// <param name="variation">In what the training differs from the options.</param>
/// <param name="learners">The trainers of the networks: the one that is asked, or several.</param>
/// <param name="peerWeight">What the predictions of the others weigh for each of several networks; null where they do not learn from one another.</param>
/// <param name="convergence">When several networks have converged; null where nobody asks.</param>
internal sealed class NetworkTraining(
    MultiTaskTrainer trainer, MultiTaskTrainerOptions options, TrainerVariation variation, IReadOnlyList<NetworkTrainer> learners, double? peerWeight = null, Convergence? convergence = null)
{
    private IReadOnlyList<PredictionTask> Tasks => trainer.Tasks;

    /// <summary>Trains.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">The validation data, or null.</param>
    /// <param name="initial">Per network the model to go on from; or one model, from which the first network of its layers goes on, while others begin anew; null for none.</param>
    /// <returns>The networks' models, each with its history, and the history of all together.</returns>
    public (IReadOnlyList<NetworkModel> Models, TrainingHistory History) Run(IDataView trainData, IDataView? validationData, IReadOnlyList<NetworkModel>? initial)
    {
        using IChannel channel = trainer.Host.Start("Training");
        ComputeDevice.RequireCpu(trainer.Environment, channel);
        using IDisposable threads = TorchThreads.Use(options.NumberOfThreads);

        // Callers may have switched gradients off for themselves; training needs them.
        using IDisposable gradients = torch.inference_mode(false);
        using IDisposable scope = torch.NewDisposeScope();
        RequireValidation(validationData);
        using CheckpointStore? checkpoints = options.Checkpointing is { } checkpointing ? new CheckpointStore(checkpointing, channel) : null;
        IReadOnlyList<LabelInfo>? known = initial is null ? null : WarmStart.GetLabels(initial[0], Tasks, trainData.Schema);
        IReadOnlyList<bool>? taught = variation.Teaching?.FindTaught(Tasks);
        (TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels) =
            new TrainingData(options, Tasks, trainer.Seed, channel) { Taught = taught }.Read(trainData, validationData, known);
        WarmStart.RequireFeatureCount(rows, validationRows, initial?[0]);
        ILesson? lesson = taught is null
            ? null
            : variation.Teaching!.Prepare(new LessonRequest(trainData, rows, validationData is null ? validationRows : null, trainer.FeatureColumnName, Tasks, labels, channel, options.CancellationToken));
        labels = lesson?.Labels ?? labels;
        FeatureSlots? slots = initial is null ? DrawSlots(rows.FeatureCount) : initial[0].FeatureSlots;
        if (slots is not null)
        {
            rows = TabularRows.SelectFeatures(rows, slots);
            validationRows = validationRows is null ? null : TabularRows.SelectFeatures(validationRows, slots);
        }

        if (variation.Bootstrap)
        {
            rows = TabularRows.Draw(rows, new CounterRandom(trainer.Seed, (uint)RandomStream.Bootstrap).NextBelow);
        }

        var networks = new List<MultiTaskNetwork>();
        try
        {
            foreach (NetworkTrainer learner in learners)
            {
                networks.Add(learner.BuildNetwork(rows, labels));
            }

            RequireDifferent(networks);
            NetworkModel?[] origins = FindOrigins(networks, initial);
            for (int i = 0; i < origins.Length; i++)
            {
                if (origins[i] is { } origin)
                {
                    WarmStart.CopyWeights(origin, networks[i]);
                }
            }

            TrainingHistory history;
            using (TrainingSession session = OpenSession(networks, rows, validationRows, labels, lesson))
            {
                if (checkpoints is not null)
                {
                    checkpoints.Settings = [.. DescribeSettings(networks, labels, origins, rows, validationRows), .. lesson?.DescribeSettings() ?? []];
                }

                history = new TrainingLoop(options, session, Tasks, channel, checkpoints) { Convergence = convergence }.Run();
            }

            return ([.. networks.Select((network, i) => ToModel(network, slots, labels, history.OfMember(i), validationRows, channel))], history);
        }
        catch
        {
            networks.ForEach(network => network.Dispose());
            throw;
        }
    }

    /// <summary>Opens a training of networks on rows; the session owns its sources, and not the networks.</summary>
    public TrainingSession OpenSession(IReadOnlyList<MultiTaskNetwork> networks, TabularData rows, TabularData? validationRows, IReadOnlyList<LabelInfo> labels, ILesson? lesson = null)
    {
        float[][]?[] valueWeights = LearnValueWeights(Tasks, rows, labels);
        InMemoryBatchSource Open(TabularData data, params IReadOnlyList<ITargetSource> others) => new(data, new LabelTargets(data, Tasks, labels, valueWeights), others);

        InMemoryBatchSource training = lesson is null ? Open(rows) : Open(rows, lesson.CreateTargets(rows));
        var opened = new List<Learner>();
        try
        {
            for (int i = 0; i < networks.Count; i++)
            {
                opened.Add(learners[i].CreateLearner(networks[i], labels, training.LabelledShares, learnsFromPeers: peerWeight is not null, networks.Count == 1 ? "" : FormattableString.Invariant($" of network {i + 1}")));
            }
        }
        catch
        {
            opened.ForEach(learner => learner.Dispose());
            training.Dispose();
            throw;
        }

        PeerExchange? peers = peerWeight is { } weight ? new PeerExchange(Tasks, labels, opened, weight) : null;
        return new TrainingSession(options, Tasks, trainer.Seed, opened, training, validationRows is null ? null : Open(validationRows), peers);
    }

    /// <summary>Per task what each label value weighs in the loss; null for all alike.</summary>
    public static float[][]?[] LearnValueWeights(IReadOnlyList<PredictionTask> tasks, TabularData rows, IReadOnlyList<LabelInfo> labels) =>
        [.. tasks.Select((task, i) => task.LearnValueWeights(labels[i], rows.Labels[i], rows.LabelWidths[i]))];

    /// <summary>Networks that are the same have nothing to tell one another, and stay the same for ever.</summary>
    private static void RequireDifferent(IReadOnlyList<MultiTaskNetwork> networks)
    {
        byte[][] weights = [.. networks.Count > 1 ? networks.Select(network => WeightsFile.Write(NetworkWeights.Export(network))) : []];
        for (int i = 1; i < weights.Length; i++)
        {
            int twin = Array.FindIndex(weights, 0, i, other => other.AsSpan().SequenceEqual(weights[i]));
            if (twin >= 0)
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Networks {i + 1} and {twin + 1} begin with the same weights, so that they would never differ: their trainers have the same Seed and the same layers. Give them different seeds, or one trainer and NumberOfMembers.{(networks[i].Description.HasCustomModules ? " Modules of your own must begin with random numbers: those that an ISeededModule draws, say." : "")}"));
            }
        }
    }

    private static NetworkModel?[] FindOrigins(IReadOnlyList<MultiTaskNetwork> networks, IReadOnlyList<NetworkModel>? initial)
    {
        if (initial is null || initial.Count == networks.Count)
        {
            return [.. networks.Select((_, i) => initial?[i])];
        }

        // Where no network has these layers, the first one's differences are told.
        int index = networks.Index().Where(item => item.Item.Description.Describe() == initial[0].Description.Describe()).Select(item => item.Index).FirstOrDefault();
        return [.. networks.Select((_, i) => i == index ? initial[0] : null)];
    }

    private NetworkModel ToModel(MultiTaskNetwork network, FeatureSlots? slots, IReadOnlyList<LabelInfo> labels, TrainingHistory history, TabularData? validationRows, IChannel channel)
    {
        if (validationRows is not null)
        {
            labels = ThresholdTuner.Tune(new NetworkModel(network, trainer.FeatureColumnName, Tasks, labels), validationRows, channel);
        }

        return new NetworkModel(network, trainer.FeatureColumnName, Tasks, labels) { History = history, FeatureSlots = slots };
    }

    private IReadOnlyList<KeyValuePair<string, string>> DescribeSettings(
        IReadOnlyList<MultiTaskNetwork> networks, IReadOnlyList<LabelInfo> labels, NetworkModel?[] origins, TabularData rows, TabularData? validationRows)
    {
        IEnumerable<KeyValuePair<string, string>> OfNetwork(int i)
        {
            string prefix = networks.Count == 1 ? "" : FormattableString.Invariant($"member {i + 1}: ");
            return learners[i].DescribeSettings(networks[i], origins[i]).Select(setting => new KeyValuePair<string, string>(prefix + setting.Key, setting.Value));
        }

        return [.. TrainingSettings.Of(options, Tasks, trainer.Seed, labels, rows, validationRows), .. Enumerable.Range(0, networks.Count).SelectMany(OfNetwork), .. DescribePeers()];
    }

    private IEnumerable<KeyValuePair<string, string>> DescribePeers() => peerWeight is { } weight
        ? [new("PeerWeight", FormattableString.Invariant($"{weight}")), new("Convergence", convergence?.ToString() ?? "none")]
        : [];

    private FeatureSlots? DrawSlots(int featureCount)
    {
        if (variation.FeatureFraction >= 1)
        {
            return null;
        }

        int count = Math.Max(1, (int)Math.Round(variation.FeatureFraction * featureCount));
        long[] order = new CounterRandom(trainer.Seed, (uint)RandomStream.FeatureSlots).NextPermutation(featureCount);
        return new FeatureSlots(featureCount, [.. order.Take(count).Select(slot => (int)slot).Order()]);
    }

    private void RequireValidation(IDataView? validationData)
    {
        bool hasValidation = validationData is not null || options.DividesRows;
        ThresholdTuner.RequireValidation(Tasks, hasValidation);
        if (!hasValidation && options.EarlyStopping is { Patience: not null })
        {
            throw new ArgumentException("Option EarlyStopping watches validation data, and there are none: call Fit(trainData, validationData), or set ValidationFraction or ValidationColumnName. With Patience = null, MaximumDuration alone ends training.");
        }
    }
}
