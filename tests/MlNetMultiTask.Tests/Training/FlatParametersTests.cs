using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Parameters and gradients as views of flat buffers.</summary>
public sealed class FlatParametersTests
{
    [Fact]
    public void Values_lie_one_behind_the_other_and_shared_ones_first()
    {
        using IDisposable scope = torch.NewDisposeScope();
        using var flat = new FlatParameters([Make(1, 2)], [Make(10, 3), Make(20, 1)]);

        Assert.Equal([1f, 2f, 10f, 11f, 12f, 20f], flat.Values.data<float>().ToArray());
        Assert.Equal(2, flat.SharedCount);
        Assert.Equal(3, flat.Parameters.Count);
        Assert.Equal([2L], flat.SharedGradients.shape);
        Assert.Equal(new float[6], flat.Gradients.data<float>().ToArray());
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
        Assert.Equal([15f, 18f, 3f, 6f], flat.Gradients.data<float>().ToArray());

        shared.sum().backward();
        Assert.Equal([16f, 19f, 3f, 6f], flat.Gradients.data<float>().ToArray());
        Assert.Equal([16f, 19f], flat.SharedGradients.data<float>().ToArray());

        flat.Gradients.zero_();
        other.sum().backward();
        Assert.Equal([0f, 0f, 1f, 1f], flat.Gradients.data<float>().ToArray());
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

    private static Parameter Make(int first, int count) => new(torch.arange(first, first + count, torch.ScalarType.Float32));
}
