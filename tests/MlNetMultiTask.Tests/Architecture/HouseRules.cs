namespace MlNetMultiTask.Tests.Architecture;

/// <summary>Who may know whom: the rooms of the library are folders, and a room knows those below it.</summary>
internal static class HouseRules
{
    /// <summary>The files beside the rooms: the front door, which may know all of them, and which none of them knows.</summary>
    public const string FrontDoor = "";

    /// <summary>Each room with those on which it stands; what these stand on is allowed as well.</summary>
    public static IReadOnlyDictionary<string, string[]> Rooms { get; } = new Dictionary<string, string[]>
    {
        ["Interop"] = [],
        ["Persistence"] = [],
        ["Balancing"] = [],
        ["Tasks"] = ["Interop"],
        ["Data"] = ["Tasks"],
        ["Networks"] = ["Tasks", "Data"],
        ["Models"] = ["Networks", "Persistence"],
        ["Scoring"] = ["Models", "Interop", "Persistence"],
        ["Training"] = ["Data", "Networks", "Balancing", "Models"],
        ["Trainers"] = ["Training", "Scoring"],
        ["Collaboration"] = ["Trainers"],
        ["Evaluation"] = ["Trainers", "Scoring"],
        ["Reporting"] = ["Evaluation"],
    };

    public static bool Allows(string from, string to) =>
        from == to || from == FrontDoor || (to != FrontDoor && Below(from).Contains(to));

    /// <summary>All rooms on which a room stands, directly or not.</summary>
    public static HashSet<string> Below(string room)
    {
        var below = new HashSet<string>();
        var open = new Stack<string>(Rooms[room]);
        while (open.TryPop(out string? next))
        {
            if (below.Add(next))
            {
                Array.ForEach(Rooms[next], open.Push);
            }
        }

        return below;
    }

    /// <summary>The uses between types that no rule allows, as sentences.</summary>
    public static IReadOnlyList<string> FindForbidden(IEnumerable<(string From, string To)> uses, IReadOnlyDictionary<string, string> roomOfType) =>
    [
        .. uses.Where(use => !Allows(roomOfType[use.From], roomOfType[use.To]))
            .Select(use => $"{roomOfType[use.From]}/{use.From} uses {roomOfType[use.To]}/{use.To}")
            .Order(StringComparer.Ordinal),
    ];
}
