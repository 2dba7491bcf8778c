using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Parameters and gradients as views of flat buffers.</summary>
public sealed class FlatParametersTests
{
    [Fact]
    public void Values_lie_one_behind_the_other_each_aligned_and_shared_ones_first()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using var flat = new FlatParameters([Make(1, 2)], [Make(10, 3), Make(20, 1)]);

        Assert.Equal([.. Aligned(1, 2), .. Aligned(10, 11, 12), .. Aligned(20)], flat.Values.data<float>().ToArray());
        Assert.Equal(Places, flat.SharedCount);
        Assert.Equal(3, flat.Parameters.Count);
        Assert.Equal([(long)Places], flat.SharedGradients.shape);
        Assert.Equal(new float[3 * Places], flat.Gradients.data<float>().ToArray());
    }

    [Fact]
    public void A_change_of_the_buffer_is_a_change_of_the_parameters()
    {
        using IDisposable scope = torch.NewDisposeScope();
        Parameter matrix = new(torch.arange(6, torch.ScalarType.Float32).view(2, 3));
        Parameter vector = Make(1, 2);
        using var flat = new FlatParameters([matrix], [vector]);
        using (torch.no_grad())
        {
            flat.Values.mul_(2f);
        }

        Assert.Equal([2L, 3L], matrix.shape);
        Assert.Equal([0f, 2f, 4f, 6f, 8f, 10f], matrix.data<float>().ToArray());
        Assert.Equal([2f, 4f], vector.data<float>().ToArray());
    }

    [Fact]
    public void Backward_adds_to_the_flat_gradients()
    {
        using IDisposable scope = torch.NewDisposeScope();
        Parameter shared = Make(1, 2);
        Parameter other = Make(5, 2);
        using var flat = new FlatParameters([shared], [other]);
        (shared * other * 3f).sum().backward();
        Assert.Equal([.. Aligned(15, 18), .. Aligned(3, 6)], flat.Gradients.data<float>().ToArray());

        shared.sum().backward();
        Assert.Equal([.. Aligned(16, 19), .. Aligned(3, 6)], flat.Gradients.data<float>().ToArray());
        Assert.Equal(Aligned(16, 19), flat.SharedGradients.data<float>().ToArray());

        flat.Gradients.zero_();
        other.sum().backward();
        Assert.Equal([.. Aligned(), .. Aligned(1, 1)], flat.Gradients.data<float>().ToArray());
    }

    [Fact]
    public void Parameters_keep_their_values_and_lose_their_gradients_at_the_end()
    {
        using IDisposable scope = torch.NewDisposeScope();
        Parameter parameter = Make(3, 2);
        var flat = new FlatParameters([], [parameter]);
        parameter.sum().backward();
        flat.Dispose();

        Assert.Equal(0, flat.SharedCount);
        Assert.Null(parameter.grad);
        Assert.Equal([3f, 4f], parameter.data<float>().ToArray());

        (parameter * 2f).sum().backward();
        Assert.Equal([2f, 2f], parameter.grad!.data<float>().ToArray());
    }

    /// <summary>Where the buffers begin and end does not matter to a parameter, which then lies where a loaded one would.</summary>
    [Fact]
    public void At_the_end_parameters_lie_in_memory_of_their_own()
    {
        using IDisposable scope = torch.NewDisposeScope();
        Parameter first = Make(1, 3);
        Parameter second = Make(5, 2);
        var flat = new FlatParameters([first], [second]);
        Assert.NotEqual(0, second.storage_offset());
        flat.Dispose();

        Assert.Equal([0L, 0L], [first.storage_offset(), second.storage_offset()]);
        Assert.Equal([5f, 6f], second.data<float>().ToArray());
    }

    private const int Places = FlatBuffer.Alignment / sizeof(float);

    private static float[] Aligned(params float[] values) => [.. values, .. new float[Places - values.Length]];

    private static Parameter Make(int first, int count) => new(torch.arange(first, first + count, torch.ScalarType.Float32));
}
