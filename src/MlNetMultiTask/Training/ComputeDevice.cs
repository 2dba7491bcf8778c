using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetMultiTask.Training;

/// <summary>Where tensors are computed. This version computes on the CPU alone.</summary>
internal static class ComputeDevice
{
    /// <summary>Tells a host that has asked for a GPU that it gets none: by a warning, or where it does not allow that, by an error.</summary>
    /// <exception cref="NotSupportedException">The context names a GPU, and does not allow to do without.</exception>
    public static void RequireCpu(IHostEnvironment environment, IChannel channel)
    {
        if (environment is not MLContext { GpuDeviceId: { } device } context)
        {
            return;
        }

        string problem = FormattableString.Invariant($"MLContext.GpuDeviceId is {device}, and this version of MlNetMultiTask trains and scores on the CPU alone.");
        if (!context.FallbackToCpu)
        {
            throw new NotSupportedException($"{problem} Set MLContext.FallbackToCpu to true to train on the CPU, or leave GpuDeviceId null.");
        }

        channel.Warning(MessageSensitivity.None, $"{problem} MLContext.FallbackToCpu allows that.");
    }
}
