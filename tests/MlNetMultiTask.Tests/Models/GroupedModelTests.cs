using Microsoft.ML;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Models;

/// <summary>One model of several that predict other tasks.</summary>
public sealed class GroupedModelTests
{
    [Fact]
    public void Groups_write_into_the_places_of_their_tasks_and_only_those_that_are_asked_for_compute()
    {
        var first = new Stub("c", "a");
        var second = new Stub("b");
        using var model = new GroupedModel([first, second], ["a", "b", "c"]);
        float[]?[] scores = [null, new float[2], new float[2]];
        model.Score(new float[6], 2, [false, true, true], scores);
        model.Score(new float[6], 2, [true, false, false], [new float[2], null, null]);

        Assert.Equal(["a", "b", "c"], model.Tasks.Select(task => task.Name));
        Assert.Equal([7f, 7f], scores[1]!);
        Assert.Equal([7f, 7f], scores[2]!);
        Assert.Equal(["c", "a"], first.Asked);
        Assert.Equal(["b"], second.Asked);
        Assert.Equal(3, model.ScoresPerRow);
        Assert.Equal(2 * 100, model.WorkBytesPerRow);
        Assert.Equal(3, model.FeatureCount);
    }

    [Fact]
    public void It_ends_its_members_and_after_it_nothing_is_computed()
    {
        var member = new Stub("a");
        var model = new GroupedModel([member], ["a"]);
        model.Dispose();

        Assert.True(member.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => model.Score(new float[3], 1, [true], [new float[1]]));
        Assert.Throws<ObjectDisposedException>(() => model.Save(new ModelEntries(), ""));
        Assert.Throws<ObjectDisposedException>(model.DescribeLayers);
    }

    /// <summary>What a group of several tasks shares is shared; all of the network of one task is this task's own.</summary>
    [Fact]
    public void Its_summary_tells_what_each_task_has_for_itself()
    {
        var ml = new MLContext(1);
        HardParameterSharingTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions { Tasks = TestData.Tasks(), SharedLayers = [6], HeadLayers = [], MaximumNumberOfEpochs = 1 });
        using MultiTaskTransformer model = ml.MultiTask.Trainers.TaskGroups(trainer, ["Big"], ["Color", "Size", "Tags"]).Fit(TestData.View(ml));
        ModelSummary summary = model.Summary();

        Assert.Equal(["member0/shared/0", "member0/head0/0", "member1/shared/0", "member1/head0/0", "member1/head1/0", "member1/head2/0"], summary.Layers.Select(layer => layer.Name));
        Assert.Equal(["Big", "Big", null, "Color", "Size", "Tags"], summary.Layers.Select(layer => layer.Task));
        Assert.Equal(["Color", "Big", "Size", "Tags"], summary.NumberOfParametersByTask.Keys);
        Assert.Equal([3 * 7, (6 * 5) + 7, 7, 3 * 7], summary.NumberOfParametersByTask.Values);
        Assert.Equal(6 * 5, summary.NumberOfSharedParameters);
        Assert.Equal(summary.NumberOfParameters, summary.Members.Sum(member => member.NumberOfParameters));
        Assert.Equal(2, summary.Members.Count);
        Assert.Empty(model.GetCrossStitchUnits());
        Assert.Contains("groups of tasks", Assert.Throws<InvalidOperationException>(() => model.MeasureExpertUse(TestData.View(ml))).Message, StringComparison.Ordinal);
    }

    /// <summary>Says 7 of everything, and remembers what it was asked.</summary>
    private sealed class Stub(params string[] tasks) : Model([.. tasks.Select(task => PredictionTask.Regression(task))], [.. tasks.Select(_ => new LabelInfo { OutputCount = 1 })])
    {
        public List<string> Asked { get; } = [];

        public bool IsDisposed { get; private set; }

        public override string FeatureColumnName => "Features";

        public override int FeatureCount => 3;

        public override long WorkBytesPerRow => 100 * Tasks.Count;

        public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores)
        {
            foreach ((int i, PredictionTask task) in Tasks.Index().Where(task => active[task.Index]))
            {
                Asked.Add(task.Name);
                scores[i].AsSpan(0, rowCount).Fill(7);
            }
        }

        public override void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

        public override IReadOnlyList<NetworkLayer> DescribeLayers() => [];

        public override void Save(ModelEntries entries, string prefix)
        {
        }

        public override void Dispose() => IsDisposed = true;
    }
}
