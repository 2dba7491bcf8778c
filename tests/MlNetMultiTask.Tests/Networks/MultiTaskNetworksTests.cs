using TorchSharp;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>Names of users' modules, for the whole process.</summary>
public sealed class MultiTaskNetworksTests
{
    [Fact]
    public void The_same_factory_may_be_registered_again_and_another_may_not()
    {
        string name = Guid.NewGuid().ToString();
        static CustomNetworkModule Factory(CustomNetworkRequest request) => throw new NotSupportedException();
        MultiTaskNetworks.Register(name, Factory);
        MultiTaskNetworks.Register(name, Factory);
        MultiTaskNetworks.Register(name.ToUpperInvariant() + "x", _ => throw new NotSupportedException());
        MultiTaskNetworks.RegisterTrunk(name, _ => torch.nn.Identity());

        string message = Assert.Throws<ArgumentException>(() => MultiTaskNetworks.Register(name, _ => throw new NotSupportedException())).Message;
        Assert.Contains($"'{name}' is registered with another factory of a custom network", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentException>(() => MultiTaskNetworks.RegisterTrunk(name, _ => torch.nn.Identity())).Message;
        Assert.Contains("of a custom trunk", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("  ", "is empty")]
    public void A_name_must_be_a_text(string name, string words)
    {
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => MultiTaskNetworks.Register(name, _ => null!)).Message, StringComparison.Ordinal);
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => MultiTaskNetworks.RegisterTrunk(name, _ => null!)).Message, StringComparison.Ordinal);
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => Trunk.Custom(name, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_have_200_characters()
    {
        string name = new('n', 200);
        MultiTaskNetworks.RegisterTrunk(name, _ => null!);
        Assert.Contains("201 characters", Assert.Throws<ArgumentException>(() => MultiTaskNetworks.RegisterTrunk(name + "n", _ => null!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_that_register_at_once_one_succeeds()
    {
        string name = Guid.NewGuid().ToString();
        int succeeded = 0;
        Parallel.For(0, 50, i =>
        {
            try
            {
                MultiTaskNetworks.Register(name, _ => throw new NotSupportedException(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                Interlocked.Increment(ref succeeded);
            }
            catch (ArgumentException)
            {
            }
        });

        Assert.Equal(1, succeeded);
    }

    [Fact]
    public void A_trunk_says_what_is_wrong_with_its_settings()
    {
        static string Refuse(Dictionary<string, string> settings) => Assert.Throws<ArgumentException>(() => Trunk.Custom("t", 3, settings)).Message;

        Assert.Contains("no valid Unicode", Assert.Throws<ArgumentException>(() => Trunk.Custom("\ud800", 3)).Message, StringComparison.Ordinal);
        Assert.Contains("outputWidth is 0", Assert.Throws<ArgumentException>(() => Trunk.Custom("t", 0)).Message, StringComparison.Ordinal);
        Assert.Contains("'a', which is null", Refuse(new() { ["a"] = null! }), StringComparison.Ordinal);
        Assert.Contains("'a', which is no valid Unicode", Refuse(new() { ["a"] = "\ud800" }), StringComparison.Ordinal);
        Assert.Contains("whose name is empty", Refuse(new() { [""] = "b" }), StringComparison.Ordinal);
        Assert.Contains("100001 characters", Refuse(new() { ["a"] = new string('b', 100_001) }), StringComparison.Ordinal);
        Assert.Contains("has 1001 entries", Refuse(Enumerable.Range(0, 1001).ToDictionary(i => FormattableString.Invariant($"{i}"), _ => "")), StringComparison.Ordinal);
        Assert.Equal("Custom('t', a '1', b '2'; 3 wide)", Trunk.Custom("t", 3, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }).ToString());
    }
}
