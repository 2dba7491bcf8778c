namespace MlNetMultiTask.Tests.Build;

/// <summary>A theory that is skipped, and says why, where programs are not built for Linux on x64.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxX64TheoryAttribute : TheoryAttribute
{
    /// <summary>Looks at the system.</summary>
    public LinuxX64TheoryAttribute() => Skip = new LinuxX64FactAttribute().Skip;
}
