using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>How many rows are computed at once: as many as memory is meant for.</summary>
public sealed class RowMemoryTests
{
    private static readonly HiddenLayers _hidden = new(Activation.ReLU, false);

    [Fact]
    public void A_row_takes_what_its_layers_leave_behind()
    {
        using MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(4, [3, 1], [7, 5], [2]));

        // Product, normalised and activated numbers of 7 + 5 units below, and of 2 + 3 and 2 + 1 in the heads.
        Assert.Equal(sizeof(float) * 3 * (7 + 5 + 5 + 3), RowMemory.GetBytes(network));
    }

    [Fact]
    public void Images_take_what_they_are_before_pooling_once_for_each_expert()
    {
        Trunk trunk = Trunk.Convolutional(64, 64, 3);
        using MultiTaskNetwork hard = NetworkKinds.Create(HardParameterSharingNetwork.Describe(64 * 64 * 3, [1], trunk.Describe(64 * 64 * 3), [], _hidden));
        using MultiTaskNetwork mixture = NetworkKinds.Create(MixtureOfExpertsNetwork.Describe(64 * 64 * 3, [1], trunk.Describe(64 * 64 * 3), 4, null, false, [], _hidden));
        long ofTrunk = sizeof(float) * 3 * ((16L * 64 * 64) + (32 * 32 * 32) + 64);

        Assert.Equal(ofTrunk + (sizeof(float) * 3), RowMemory.GetBytes(hard));
        Assert.InRange(RowMemory.GetBytes(mixture), 4 * ofTrunk, (4 * ofTrunk) + 1000);

        // 1.2 MB a row, and 32 MB at once.
        Assert.Equal(27, RowMemory.GetRows(RowMemory.GetBytes(hard), RowMemory.UsualRows));
    }

    [Theory]
    [InlineData(0, 1024)]
    [InlineData(1, 1024)]
    [InlineData(320_000, 100)]
    [InlineData(long.MaxValue, 1)]
    public void Rows_are_at_least_one_and_at_most_the_usual(long bytesPerRow, int rows) => Assert.Equal(rows, RowMemory.GetRows(bytesPerRow, RowMemory.UsualRows));
}
