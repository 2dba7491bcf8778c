namespace MlNetMultiTask.Tests.Architecture;

/// <summary>A type as compiled; names are without the number of type parameters.</summary>
internal sealed record CompiledType(string Name, string Namespace, bool IsNested, bool IsPublic, bool IsInterface, bool IsAbstract, bool IsSealed);
