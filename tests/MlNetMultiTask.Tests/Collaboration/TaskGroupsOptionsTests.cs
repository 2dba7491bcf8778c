using Microsoft.ML;

namespace MlNetMultiTask.Tests.Collaboration;

/// <summary>Groups that are none are refused, with the name and what helps.</summary>
public sealed class TaskGroupsOptionsTests
{
    private readonly MultiTaskTrainers _trainers = new MLContext(1).MultiTask.Trainers;

    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "no trainer", ["Option Trainers", "is empty"] },
        { "no groups", ["Option Groups", "is empty"] },
        { "null group", ["Option Groups", "contains null"] },
        { "empty group", ["Option Groups", "the group 2 without a task", "leave it out"] },
        { "unknown", ["Option Groups", "'Shape'", "none of the trainer's", "'A', 'B', 'C'"] },
        { "twice", ["Option Groups", "'A' twice", "one group"] },
        { "twice in one", ["Option Groups", "'A' twice"] },
        { "missing", ["Option Groups", "leaves out the task 'C'", "[\"C\"] alone"] },
        { "weightless", ["Option Groups", "the group 'Z'", "lossWeight 0"] },
        { "both", ["Option Groups", "2 trainers both say"] },
        { "common task", ["Option Trainers", "two trainers of the task 'B'"] },
        { "same trainer", ["Option Trainers", "two trainers of the task 'A'"] },
        { "same column", ["Option Trainers", "two outputs in the column 'A.Score'"] },
        { "hidden label", ["Option Trainers", "output column 'A'", "hide a label column"] },
        { "features", ["Option Trainers", "trainer 2 reads the features 'Others'", "trainer 1 'Features'", "concatenate"] },
        { "parallel", ["Option MaximumNumberOfParallelGroups", "is 0"] },
        { "checkpoints", ["Option Checkpointing", "NumberOfEpochs 0"] },
        { "many", ["Option Groups", "are 1001", "1000 are possible"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_are_explained(string mistake, string[] words)
    {
        HardParameterSharingTrainer all = Hard("A", "B", "C");
        string[] many = [.. Enumerable.Range(0, 1001).Select(i => $"T{i}")];
        TaskGroupsOptions options = mistake switch
        {
            "no trainer" => new() { Groups = [["A"]] },
            "no groups" => new() { Trainers = [all] },
            "null group" => new() { Trainers = [all], Groups = [["A"], null!] },
            "empty group" => new() { Trainers = [all], Groups = [["A", "B", "C"], []] },
            "unknown" => new() { Trainers = [all], Groups = [["A", "B"], ["C", "Shape"]] },
            "twice" => new() { Trainers = [all], Groups = [["A", "B"], ["C", "A"]] },
            "twice in one" => new() { Trainers = [all], Groups = [["A", "B", "A"], ["C"]] },
            "missing" => new() { Trainers = [all], Groups = [["A"], ["B"]] },
            "weightless" => new() { Trainers = [Hard(PredictionTask.Regression("A"), PredictionTask.Regression("Z", lossWeight: 0))], Groups = [["A"], ["Z"]] },
            "both" => new() { Trainers = [Hard("A"), Hard("B")], Groups = [["A"], ["B"]] },
            "common task" => new() { Trainers = [Hard("A", "B"), Hard("B", "C")] },
            "same trainer" => new() { Trainers = [all, all] },
            "same column" => new() { Trainers = [Hard("A"), Hard(PredictionTask.Regression("B", scoreColumnName: "A.Score"))] },
            "hidden label" => new() { Trainers = [Hard("A"), Hard(PredictionTask.Regression("B", scoreColumnName: "A"))] },
            "features" => new() { Trainers = [Hard("A"), _trainers.HardParameterSharing([PredictionTask.Regression("B")], "Others")] },
            "parallel" => new() { Trainers = [all], Groups = [["A", "B", "C"]], MaximumNumberOfParallelGroups = 0 },
            "checkpoints" => new() { Trainers = [all], Groups = [["A", "B", "C"]], Checkpointing = new Checkpointing("run") { NumberOfEpochs = 0 } },
            _ => new() { Trainers = [Hard(many)], Groups = [.. many.Select(name => (string[])[name])] },
        };
        string message = Assert.Throws<ArgumentException>(() => _trainers.TaskGroups(options)).Message;

        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Short_forms_say_what_to_give()
    {
        Assert.Contains("is empty", Assert.Throws<ArgumentException>(() => _trainers.TaskGroups(Hard("A"))).Message, StringComparison.Ordinal);
        Assert.Contains("two or more", Assert.Throws<ArgumentException>(() => _trainers.TaskGroups([Hard("A")])).Message, StringComparison.Ordinal);
        Assert.Equal(["A", "B"], _trainers.TaskGroups(Hard("A"), Hard("B")).Tasks.Select(task => task.Name));
        Assert.Equal(["A", "B"], _trainers.TaskGroups(Hard("A", "B"), ["B"], ["A"]).Tasks.Select(task => task.Name));
        Assert.Throws<ArgumentNullException>(() => _trainers.TaskGroups((MultiTaskTrainer)null!, ["A"]));
        Assert.Throws<ArgumentNullException>(() => _trainers.TaskGroups((TaskGroupsOptions)null!));
    }

    private HardParameterSharingTrainer Hard(params string[] tasks) => Hard([.. tasks.Select(task => PredictionTask.Regression(task))]);

    private HardParameterSharingTrainer Hard(params PredictionTask[] tasks) => _trainers.HardParameterSharing(tasks);
}
