namespace MlNetMultiTask.Tests.Networks;

public sealed class TaskGraphTests
{
    private static readonly PredictionTask[] _tasks = [.. "ABC".Select(name => PredictionTask.Regression(name.ToString()))];

    [Fact]
    public void Pairs_and_groups_are_symmetric_weights()
    {
        Assert.Equal(new double[,] { { 0, 2, 0 }, { 2, 0, 0.5 }, { 0, 0.5, 0 } }, TaskGraph.Pairs(("B", "A", 2), ("B", "C", 0.5)).GetWeights(_tasks));
        Assert.Equal(new double[,] { { 0, 0, 1 }, { 0, 0, 0 }, { 1, 0, 0 } }, TaskGraph.Groups(["A", "C"], ["B"]).GetWeights(_tasks));
        Assert.Equal("Groups(A, C; B)", TaskGraph.Groups(["A", "C"], ["B"]).ToString());
    }

    [Fact]
    public void Mistakes_are_explained()
    {
        Assert.Contains("'A' and 'B' weighs -1", Assert.Throws<ArgumentException>(() => TaskGraph.Pairs(("A", "B", -1))).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => TaskGraph.Pairs(("A", "B", double.NaN))).Message, StringComparison.Ordinal);
        Assert.Contains("two different tasks", Assert.Throws<ArgumentException>(() => TaskGraph.Pairs(("A", "A", 1))).Message, StringComparison.Ordinal);
        Assert.Contains("is there twice", Assert.Throws<ArgumentException>(() => TaskGraph.Pairs(("A", "B", 1), ("B", "A", 1))).Message, StringComparison.Ordinal);
        Assert.Contains("is null", Assert.Throws<ArgumentException>(() => TaskGraph.Groups(["A"], null!)).Message, StringComparison.Ordinal);
        Assert.Contains("The task 'B'", Assert.Throws<ArgumentException>(() => TaskGraph.Groups(["A", "B"], ["B", "C"])).Message, StringComparison.Ordinal);
    }
}
