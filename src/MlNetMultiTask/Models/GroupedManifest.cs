using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>The manifest of a model of task groups.</summary>
internal static class GroupedManifest
{
    public static byte[] Write(GroupedModel model) =>
        CompositeManifest.Write(GroupedModel.KindName, model.Members.Count, "tasks", model.Tasks.Select(task => task.Name));

    /// <summary>Builds the model that a manifest describes.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="readMember">Reads the member of a number, from 0.</param>
    /// <param name="history">The history of the whole; those of the groups are with the members.</param>
    /// <exception cref="FormatException">Something is missing, altered or unknown, or the members do not belong together.</exception>
    public static Model Read(ManifestReader manifest, Func<int, Model> readMember, TrainingHistory? history)
    {
        string[] taskNames = manifest.GetStrings("tasks");
        return CompositeManifest.Read(manifest, readMember, members => FindProblem(members, taskNames), members => new GroupedModel(members, taskNames) { History = history });
    }

    /// <summary>Why models can't be groups of one model with these tasks; null where they can.</summary>
    public static string? FindProblem(IReadOnlyList<Model> members, IReadOnlyList<string> taskNames)
    {
        string? problem = Enumerable.Range(1, members.Count - 1).Select(member => CompositeManifest.FindFeatureProblem(members, member)).FirstOrDefault(found => found is not null);
        if (problem is not null)
        {
            return problem;
        }

        PredictionTask[] tasks = [.. members.SelectMany(member => member.Tasks)];
        if (FindTwice(tasks.Select(task => task.Name)) is { } twice)
        {
            return $"task '{twice}' is in them twice.";
        }

        if (FindTwice(tasks.SelectMany(task => task.OutputColumnNames)) is { } column)
        {
            return $"two tasks have the output column '{column}'.";
        }

        return taskNames.Order(StringComparer.Ordinal).SequenceEqual(tasks.Select(task => task.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal)
            ? null
            : $"they have the tasks {TaskColumns.Describe(tasks.Select(task => task.Name))}, and the whole {TaskColumns.Describe(taskNames)}.";
    }

    private static string? FindTwice(IEnumerable<string> names) => names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
}
