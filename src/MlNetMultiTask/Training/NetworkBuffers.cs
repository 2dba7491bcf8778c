using MlNetMultiTask.Networks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>What a network changes in training beside its parameters, as plain floats: the running means of batch normalisations, say. They are asked for anew each time: a module may replace them.</summary>
internal sealed class NetworkBuffers(MultiTaskNetwork network)
{
    /// <summary>The number of numbers.</summary>
    public int Count { get; } = (int)NetworkTensors.GetBuffers(network).Sum(buffer => buffer.Tensor.numel());

    /// <summary>Whether all numbers are finite.</summary>
    public bool AreFinite => IsFinite(Export());

    public static bool IsFinite(ReadOnlySpan<float> values) => values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) < 0;

    public float[] Export() => Count == 0 ? [] : [.. NetworkTensors.GetBuffers(network).SelectMany(buffer => NetworkTensors.Read(buffer.Name, buffer.Tensor))];

    public void Import(ReadOnlySpan<float> values)
    {
        if (Count == 0)
        {
            return;
        }

        int at = 0;
        foreach ((string name, torch.Tensor buffer) in NetworkTensors.GetBuffers(network))
        {
            int length = (int)buffer.numel();
            NetworkTensors.Write(name, buffer, values.Slice(at, length).ToArray());
            at += length;
        }
    }
}
