using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Scoring;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Trainers;

/// <summary>Going on from a fitted model: what must fit, and the weights.</summary>
internal static class WarmStart
{
    /// <summary>The network model inside a transformer.</summary>
    /// <exception cref="ArgumentException">The transformer holds no multi-task model of one network, or several.</exception>
    public static NetworkModel GetNetworkModel(ITransformer initialModel)
    {
        IReadOnlyList<MultiTaskTransformer> found = TransformerSearch.FindAll(initialModel);
        return found.Count != 1
            ? throw new ArgumentException($"The initial model holds {found.Count} multi-task models; training can go on from exactly one.", nameof(initialModel))
            : found[0].Model as NetworkModel
                ?? throw new ArgumentException("The initial model is made of several networks; training can go on from a single one.", nameof(initialModel));
    }

    /// <summary>The network models of an ensemble, one for each of several networks; or the one of a single network.</summary>
    /// <exception cref="ArgumentException">The transformer holds neither; or its members see other features, or have labels on other scales: one training has one of each.</exception>
    public static IReadOnlyList<NetworkModel> GetNetworkModels(ITransformer initialModel, int count)
    {
        NetworkModel[] models = TransformerSearch.FindAll(initialModel) is [{ Model: EnsembleModel }] ? [.. GetMembers(initialModel, count).Select(GetNetworkModel)] : [GetNetworkModel(initialModel)];
        for (int i = 1; i < models.Length; i++)
        {
            if (FindDifference(models[0], models[i]) is { } difference)
            {
                throw new ArgumentException(
                    $"The networks of the initial model can't go on together: networks {i + 1} and 1 {difference}, and networks that learn from one another see the same batches. Give an ensemble whose members were trained on the same rows and features, such as one of MutualLearning.",
                    nameof(initialModel));
            }
        }

        return models;
    }

    /// <summary>The models inside an ensemble, from each of which one of several trainings goes on.</summary>
    /// <param name="initialModel">The transformer.</param>
    /// <param name="count">The number of trainings.</param>
    /// <exception cref="ArgumentException">The transformer does not hold exactly one ensemble of as many members.</exception>
    public static IReadOnlyList<MultiTaskTransformer> GetMembers(ITransformer initialModel, int count)
    {
        IReadOnlyList<MultiTaskTransformer> found = TransformerSearch.FindAll(initialModel);
        return found is [{ Model: EnsembleModel } ensemble] && ensemble.Members.Count == count
            ? ensemble.Members
            : throw new ArgumentException(
                $"The initial model must be exactly one ensemble of {count} members, from each of which a member goes on; it holds {found.Count} multi-task models{(found.Count == 1 ? $", of {(found[0].Model is EnsembleModel ? found[0].Members.Count : 1)} members" : "")}.",
                nameof(initialModel));
    }

    /// <summary>The models inside a model of task groups, from each of which the training of the same group goes on.</summary>
    /// <param name="initialModel">The transformer.</param>
    /// <param name="groups">The tasks of each group.</param>
    /// <exception cref="ArgumentException">The transformer does not hold exactly one model of these groups.</exception>
    public static IReadOnlyList<MultiTaskTransformer> GetGroups(ITransformer initialModel, IReadOnlyList<IReadOnlyList<PredictionTask>> groups)
    {
        IReadOnlyList<MultiTaskTransformer> found = TransformerSearch.FindAll(initialModel);
        IReadOnlyList<MultiTaskTransformer> members = found is [{ Model: GroupedModel }] ? found[0].Members : [];
        MultiTaskTransformer?[] matching = [.. groups.Select(group => members.FirstOrDefault(member => Describe(member.Tasks) == Describe(group)))];
        return members.Count == groups.Count && !matching.Contains(null)
            ? [.. matching.OfType<MultiTaskTransformer>()]
            : throw new ArgumentException(
                $"The initial model must be exactly one model of the same task groups as this trainer's, {string.Join(", ", groups.Select(Describe))}, from each of which a group goes on; it holds {(found.Count == 1 ? "one multi-task model" : $"{found.Count} multi-task models")}{(members.Count > 0 ? $", of the groups {string.Join(", ", members.Select(member => Describe(member.Tasks)))}" : found.Count == 1 ? ", which has no groups" : "")}.",
                nameof(initialModel));

        static string Describe(IReadOnlyList<PredictionTask> tasks) => $"[{string.Join(", ", tasks.Select(task => $"{task.Kind} '{task.Name}'"))}]";
    }

    /// <summary>What the model knows of the labels, after a check that the tasks are the same and have no new classes.</summary>
    public static IReadOnlyList<LabelInfo> GetLabels(NetworkModel initial, IReadOnlyList<PredictionTask> tasks, DataViewSchema schema)
    {
        initial.ThrowIfDisposed();
        string ours = string.Join(", ", tasks.Select(task => $"{task.Kind} '{task.Name}'"));
        string theirs = string.Join(", ", initial.Tasks.Select(task => $"{task.Kind} '{task.Name}'"));
        if (ours != theirs)
        {
            throw new ArgumentException($"The initial model has the tasks {theirs}, and this trainer has {ours}; to go on from a model, they must be the same in the same order.");
        }

        for (int i = 0; i < tasks.Count; i++)
        {
            CheckClasses(tasks[i], DataColumns.RequireLabel(schema, tasks[i]), initial.Labels[i]);
        }

        // Thresholds are a matter of the new training, and not of the weights.
        return [.. initial.Labels.Select(label => label with { Thresholds = null })];
    }

    /// <exception cref="ArgumentException">The data have another number of features than one another or the model.</exception>
    public static void RequireFeatureCount(TabularData training, TabularData? validation, NetworkModel? initial)
    {
        if (validation is not null && validation.FeatureCount != training.FeatureCount)
        {
            throw new ArgumentException($"The validation data have {validation.FeatureCount} features, and the training data {training.FeatureCount}; fit the transforms that make them on the training data once, and use them for both.");
        }

        if (initial is not null && initial.FeatureCount != training.FeatureCount)
        {
            throw new ArgumentException($"The training data have {training.FeatureCount} features, and the initial model {initial.FeatureCount}; make them with the transforms of that model.");
        }
    }

    /// <exception cref="ArgumentException">The networks differ.</exception>
    public static void CopyWeights(NetworkModel initial, MultiTaskNetwork network)
    {
        (string ours, string theirs) = (network.Description.Describe(), initial.Description.Describe());
        if (ours != theirs)
        {
            throw new ArgumentException($"The initial model has another network than this trainer's options: it is {theirs}, and they say {ours}. Give the trainer the layers, activation and normalisation of the initial model.");
        }

        try
        {
            NetworkWeights.Import(network, initial.ExportWeights());
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"The initial model has other layers than this trainer's options: {e.Message} Give the trainer the layers of the initial model.", e);
        }
    }

    private static string? FindDifference(NetworkModel first, NetworkModel other)
    {
        if (!(first.FeatureSlots?.Slots ?? []).SequenceEqual(other.FeatureSlots?.Slots ?? []))
        {
            return "see other features";
        }

        int task = first.Labels.Zip(other.Labels).Index().Where(pair => !Same(pair.Item.First.Means, pair.Item.Second.Means) || !Same(pair.Item.First.Deviations, pair.Item.Second.Deviations))
            .Select(pair => pair.Index).DefaultIfEmpty(-1).First();
        return task < 0 ? null : $"have the labels of task '{first.Tasks[task].Name}' on other scales";

        static bool Same(float[]? one, float[]? two) => (one ?? []).SequenceEqual(two ?? []);
    }

    private static void CheckClasses(PredictionTask task, DataViewSchema.Column label, LabelInfo known)
    {
        string annotation = task.Kind == "MultilabelClassification" && known.Names is not null && label.Annotations.Schema.GetColumnOrNull(OutputAnnotations.KeyValues) is null
            ? OutputAnnotations.SlotNames
            : OutputAnnotations.KeyValues;
        if (known.Names is null || task.Kind is "Regression" or "BinaryClassification" || LabelNames.Read(label, annotation) is not { } given)
        {
            return;
        }

        int[] map = given.MapTo(known.Names);
        string[] unknown = [.. given.Texts.Where((_, i) => map[i] < 0)];
        if (unknown.Length > 0)
        {
            throw new ArgumentException($"Label column '{label.Name}' of task '{task.Name}' has classes that the initial model does not know: {TaskColumns.Describe(unknown)}. Train a new model, or leave their rows out.");
        }
    }
}
