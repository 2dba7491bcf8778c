namespace ReferenceAssemblyTool;

/// <summary>A type to widen, and the line of the list that asks for it.</summary>
internal sealed record ListedType(string Name, int Line);

/// <summary>Reads lists of types: one full name per line, nested types as Outer+Inner, comments behind #.</summary>
internal static class TypeList
{
    public static IReadOnlyList<ListedType> Parse(IEnumerable<string> lines)
    {
        ListedType[] types =
        [
            .. lines
                .Select((line, index) => new ListedType(line.Split('#')[0].Trim(), index + 1))
                .Where(type => type.Name.Length > 0),
        ];
        return types.Length > 0 ? types : throw new FormatException("the list names no type.");
    }
}
