using ReferenceAssemblyTool;

// The build starts this before it compiles the library; see build/WidenReferences.targets.
// Errors are in the form that MSBuild recognises, so that they appear in the build's list with their code and their place.
if (args is not [var assembly, var list, var output])
{
    Console.Error.WriteLine("Usage: ReferenceAssemblyTool <assembly> <list of types> <output>");
    return 2;
}

try
{
    var types = TypeList.Parse(File.ReadAllLines(list));
    var result = AssemblyWidener.Widen(File.ReadAllBytes(assembly), types.Select(type => type.Name));
    foreach (var missing in types.Where(type => result.Missing.Contains(type.Name)))
    {
        Console.Error.WriteLine(
            $"{list}({missing.Line}): error MNMT0101: {result.AssemblyName} ({assembly}) has no type '{missing.Name}' any more. "
            + "The code that uses it, beside this list, must be ported to this version before the name is changed or taken off.");
    }

    if (result.Missing.Count > 0)
    {
        return 1;
    }

    OutputFile.Write(output, result.Image);
    Console.WriteLine($"{result.AssemblyName}: {types.Count} types widened in {output}");
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or FormatException)
{
    Console.Error.WriteLine($"{list}: error MNMT0102: no widened copy of '{assembly}' was made: {e.Message}");
    return 1;
}
