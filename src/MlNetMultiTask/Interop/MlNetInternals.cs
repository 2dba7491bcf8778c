using System.Reflection;
using Microsoft.ML;

namespace MlNetMultiTask.Interop;

/// <summary>
/// Guards the seam: this room calls members of ML.NET that are not public. Before the first call it makes sure that the
/// ML.NET in this process still has them, so that another version ends in one clear message.
/// </summary>
internal static class MlNetInternals
{
    /// <summary>The version of Microsoft.ML that this assembly was compiled against.</summary>
    public const string CompiledAgainst = "5.0.1";

    private const BindingFlags AnyMember = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Types, and their members with the names of their parameters' types.</summary>
    private static readonly (string Type, string[] Members)[] _needed =
    [
        ("Microsoft.ML.ModelSaveContext", ["CheckAtModel()", "SetVersionInfo(VersionInfo)", "SaveBinaryStream(String, Action`1)", "Writer"]),
        ("Microsoft.ML.ModelLoadContext", ["CheckAtModel(VersionInfo)", "TryLoadBinaryStream(String, Action`1)", "Reader"]),
        ("Microsoft.ML.VersionInfo", [".ctor(String, UInt32, UInt32, UInt32, String, String, String)"]),
        ("Microsoft.ML.LoadableClassAttributeBase", [".ctor(String, Type, Type, Type, Type[], String, String[])"]),
        ("Microsoft.ML.SignatureLoadModel", []),
        ("Microsoft.ML.SchemaShape", ["Create(DataViewSchema)"]),
        ("Microsoft.ML.SchemaShape+Column", [".ctor(String, VectorKind, DataViewType, Boolean, SchemaShape)"]),
    ];

    private static readonly Lazy<string?> _problem = new(() => FindProblem(typeof(SchemaShape).Assembly));

    /// <summary>Throws where the ML.NET of this process lacks what the seam needs.</summary>
    /// <exception cref="NotSupportedException">ML.NET's internals differ; the message names both versions.</exception>
    public static void Check()
    {
        if (_problem.Value is { } problem)
        {
            throw new NotSupportedException(problem);
        }
    }

    /// <summary>What an assembly lacks of what the seam needs, as a message; null where nothing is missing.</summary>
    internal static string? FindProblem(Assembly core)
    {
        foreach ((string typeName, string[] members) in _needed)
        {
            if (core.GetType(typeName) is not { } type)
            {
                return Describe(core, typeName);
            }

            foreach (string member in members)
            {
                if (!type.GetMembers(AnyMember).Any(candidate => GetSignature(candidate) == member))
                {
                    return Describe(core, $"{typeName}.{member}");
                }
            }
        }

        return null;
    }

    private static string GetSignature(MemberInfo member) =>
        member is MethodBase method ? $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})" : member.Name;

    private static string Describe(Assembly core, string missing)
    {
        string running = core.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? core.GetName().Version?.ToString() ?? "unknown";
        return $"MlNetMultiTask was built for Microsoft.ML {CompiledAgainst}, and this process runs {core.GetName().Name} {running}, " +
            $"which lacks {missing}. Models can be neither saved nor loaded with it: use Microsoft.ML {CompiledAgainst} up to below 6.0, or a newer MlNetMultiTask.";
    }
}
