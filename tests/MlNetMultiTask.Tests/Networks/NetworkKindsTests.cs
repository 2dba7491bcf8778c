using MlNetMultiTask.Networks;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Networks from descriptions, which may come from a file that lies.</summary>
public sealed class NetworkKindsTests
{
    [Fact]
    public void An_unknown_kind_is_a_format_error_that_names_the_known_ones()
    {
        var description = new NetworkDescription("Other", 1, [1], new Dictionary<string, int[]>());
        foreach (Action action in new Action[] { () => NetworkKinds.Create(description), () => NetworkKinds.CountParameters(description) })
        {
            string message = Assert.Throws<FormatException>(action).Message;
            Assert.Contains("'Other'", message, StringComparison.Ordinal);
            Assert.Contains("HardParameterSharing", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("sharedLayers")]
    [InlineData("headLayers")]
    public void A_setting_that_is_missing_is_a_format_error_that_names_it(string missing)
    {
        Dictionary<string, int[]> sizes = new() { ["sharedLayers"] = [1], ["headLayers"] = [1] };
        sizes.Remove(missing);
        string message = Assert.Throws<FormatException>(() => NetworkKinds.CountParameters(new NetworkDescription("HardParameterSharing", 1, [1], sizes))).Message;

        Assert.Contains($"'{missing}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_beyond_all_bounds_are_a_format_error()
    {
        NetworkDescription description = Descriptions.Hard(int.MaxValue, [1], [.. Enumerable.Repeat(int.MaxValue, 5)], []);

        Assert.Contains("too large", Assert.Throws<FormatException>(() => NetworkKinds.CountParameters(description)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_networks_are_counted_in_64_bits() =>
        Assert.Equal(
            (100_001L * 100_000) + 100_001,
            NetworkKinds.CountParameters(Descriptions.Hard(100_000, [1], [100_000], [])));

    [Fact]
    public void A_network_keeps_its_description()
    {
        NetworkDescription description = Descriptions.Hard(3, [2, 1], [4], []);
        using MultiTaskNetwork network = NetworkKinds.Create(description);

        Assert.Same(description, network.Description);
        Assert.Equal("HardParameterSharing", description.Kind);
        Assert.Equal([4], description.Sizes["sharedLayers"]);
        Assert.Empty(description.Sizes["headLayers"]);
    }

    public static TheoryData<string, string, int[]?, string> Lies => new()
    {
        { "experts", "numberOfExperts", null, "'numberOfExperts'" },
        { "experts", "numberOfExperts", [2, 2], "'numberOfExperts'" },
        { "experts", "expertLayers", null, "'expertLayers'" },
        { "experts", "selectedExperts", [4], "3 experts can't select 4" },
        { "experts", "selectedExperts", [], "'selectedExperts'" },
        { "experts", "numberOfExperts", [1001], "1000 experts at most" },
        { "experts", "numberOfExperts", [int.MaxValue], "1000 experts at most" },
        { "experts", "expertLayers", [int.MaxValue], "" },
        { "extraction", "numberOfLevels", null, "'numberOfLevels'" },
        { "extraction", "numberOfLevels", [101], "100 levels at most" },
        { "extraction", "numberOfLevels", [int.MaxValue], "100 levels at most" },
        { "extraction", "expertLayers", null, "'expertLayers'" },
        { "extraction", "sharedExperts", [int.MaxValue], "10000 at most" },
        { "extraction", "taskExperts", [4000], "10000 at most" },
        { "extraction", "taskExperts", [], "'taskExperts'" },
        { "extraction, all shared", "sharedExperts", null, "an expert or more" },
        { "cross-stitch", "trunkLayers", null, "'trunkLayers'" },
        { "cross-stitch", "headLayers", null, "'headLayers'" },
        { "cross-stitch", "activation", [99], "99 is unknown" },
    };

    /// <summary>Before anything is built: counting tells, or counts more than any file holds.</summary>
    [Theory]
    [MemberData(nameof(Lies))]
    public void A_description_that_lies_is_a_format_error_or_counts_more_than_a_file_holds(string name, string setting, int[]? value, string words)
    {
        NetworkDescription honest = SharingCases.Describe(name);
        var sizes = new Dictionary<string, int[]>(honest.Sizes);
        sizes.Remove(setting);
        if (value is not null)
        {
            sizes[setting] = value;
        }

        NetworkDescription description = honest with { Sizes = sizes };
        if (words.Length == 0)
        {
            Assert.True(NetworkKinds.CountParameters(description) > int.MaxValue);
        }
        else
        {
            Assert.Contains(words, Assert.Throws<FormatException>(() => NetworkKinds.CountParameters(description)).Message, StringComparison.Ordinal);
            Assert.Contains(words, Assert.Throws<FormatException>(() => NetworkKinds.Create(description)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Tensors cost memory too, however few numbers they hold.</summary>
    [Theory]
    [MemberData(nameof(NetworkCases.All), MemberType = typeof(NetworkCases))]
    public void The_number_of_tensors_is_known_before_a_network_is_built(string kind, string trunk, bool normalization)
    {
        NetworkDescription description = NetworkCases.Describe(kind, trunk, normalization);
        using MultiTaskNetwork network = NetworkKinds.Create(description);

        Assert.Equal(network.state_dict().Count, NetworkKinds.Measure(description).Tensors);
    }
}
