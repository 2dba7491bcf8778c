
namespace MlNetMultiTask.Models;

/// <summary>A model of several models over the same features, each of which predicts other tasks.</summary>
internal sealed class GroupedModel : CompositeModel
{
    public const string KindName = "TaskGroups";

    private readonly int[][] _places;

    /// <param name="members">The members; owned from now on. No two have a task in common.</param>
    /// <param name="taskNames">The names of all their tasks, in the order of the whole.</param>
    public GroupedModel(IReadOnlyList<Model> members, IReadOnlyList<string> taskNames)
        : base(members, Collect(members, taskNames, member => member.Tasks), Collect(members, taskNames, member => member.Labels))
    {
        Dictionary<string, int> places = taskNames.Index().ToDictionary(task => task.Item, task => task.Index, StringComparer.Ordinal);
        _places = [.. members.Select(member => member.Tasks.Select(task => places[task.Name]).ToArray())];
    }

    /// <summary>Members write into the buffers of the whole; those that are made of others have their own beside.</summary>
    public override long ScoresPerRow => Members.Sum(member => member.ScoresPerRow);

    public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores)
    {
        using SharedLifetime.Reference reference = Acquire();
        for (int member = 0; member < Members.Count; member++)
        {
            bool[] wanted = Array.ConvertAll(_places[member], place => active[place]);
            if (wanted.Contains(true))
            {
                Members[member].Score(features, rowCount, wanted, Array.ConvertAll(_places[member], place => scores[place]));
            }
        }
    }

    /// <summary>All layers of a member that has one task serve this alone.</summary>
    protected override int? GetPlace(int member, int? task) =>
        _places[member].Length == 1 && Members.Count > 1 ? _places[member][0] : task is { } own ? _places[member][own] : null;

    protected override byte[] WriteManifest() => GroupedManifest.Write(this);

    private static T[] Collect<T>(IReadOnlyList<Model> members, IReadOnlyList<string> taskNames, Func<Model, IReadOnlyList<T>> get)
    {
        Dictionary<string, T> all = members.SelectMany(member => member.Tasks.Zip(get(member))).ToDictionary(item => item.First.Name, item => item.Second, StringComparer.Ordinal);
        return [.. taskNames.Select(name => all[name])];
    }
}
