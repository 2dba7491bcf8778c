using System.Runtime.CompilerServices;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]

namespace System.Runtime.CompilerServices;

/// <summary>
/// Tells the runtime that this assembly may use the non-public types and members of another assembly.
/// </summary>
/// <remarks>
/// The runtime looks for the attribute by its full name and accepts a definition in any assembly; the base class library has none.
/// It is half of the way in: the compiler is given a widened reference copy of the same assembly (see build/WidenReferences.targets),
/// and the list of what is widened stands beside this file.
/// </remarks>
/// <param name="assemblyName">The simple name of the assembly whose access checks are waived.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    /// <summary>Gets the simple name of the assembly whose access checks are waived.</summary>
    public string AssemblyName { get; } = assemblyName;
}
