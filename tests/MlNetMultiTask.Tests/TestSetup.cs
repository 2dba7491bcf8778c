using System.Runtime.CompilerServices;
using TorchSharp;

namespace MlNetMultiTask.Tests;

/// <summary>What holds for the whole test process.</summary>
internal static class TestSetup
{
    /// <summary>Test classes run in parallel; threads inside of torch's operations would only fight over the same processors.</summary>
    [ModuleInitializer]
    internal static void Initialize() => torch.set_num_threads(1);
}
