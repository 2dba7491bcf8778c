namespace MlNetMultiTask.Networks;

/// <summary>A layer of a network, as plain data.</summary>
/// <param name="Name">Where it is in the network, for example <c>shared/0</c>.</param>
/// <param name="Kind">What it computes, for example <c>Dense</c>.</param>
/// <param name="Input">The shape of its input, of one row.</param>
/// <param name="Output">The shape of its output, of one row.</param>
/// <param name="ParameterCount">The number of parameters, those of its normalisation included.</param>
/// <param name="MultiplyAdds">The multiplications with a following addition that a row takes, those of products and convolutions; null where nobody knows.</param>
/// <param name="Task">The task that it serves; null where several share it.</param>
internal sealed record NetworkLayer(string Name, string Kind, IReadOnlyList<long> Input, IReadOnlyList<long> Output, long ParameterCount, long? MultiplyAdds, int? Task);
