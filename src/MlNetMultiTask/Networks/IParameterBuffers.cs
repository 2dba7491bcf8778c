using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Where a network's parameters and their gradients lie while it is trained.</summary>
internal interface IParameterBuffers
{
    /// <summary>A parameter's numbers, in row-major order.</summary>
    ReadOnlySpan<float> GetValues(Parameter parameter);

    /// <summary>The numbers of its gradient.</summary>
    Span<float> GetGradients(Parameter parameter);
}
