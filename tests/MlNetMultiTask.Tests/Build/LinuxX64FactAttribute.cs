using System.Runtime.InteropServices;

namespace MlNetMultiTask.Tests.Build;

/// <summary>A test that is skipped, and says why, where programs are not built for Linux on x64.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxX64FactAttribute : FactAttribute
{
    /// <summary>Looks at the system.</summary>
    public LinuxX64FactAttribute() => Skip = RuntimeInformation.RuntimeIdentifier == "linux-x64" ? null : "Publishes for linux-x64, and runs what it has published.";
}
