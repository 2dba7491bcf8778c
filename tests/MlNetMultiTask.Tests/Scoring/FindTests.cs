using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>The model inside a chain is found, wherever it stands.</summary>
public sealed class FindTests(ScoringModel shared) : IClassFixture<ScoringModel>
{
    private ITransformer Other => shared.ML.Transforms.CopyColumns("Copy", "Size").Fit(shared.Data);

    [Fact]
    public void A_model_by_itself_is_found() => Assert.Same(shared.Model, shared.ML.MultiTask.Find(shared.Model));

    [Fact]
    public void A_model_in_nested_chains_is_found()
    {
        var inner = new TransformerChain<ITransformer>(Other, shared.Model);
        var chain = new TransformerChain<ITransformer>(new TransformerChain<ITransformer>(Other, inner, Other), Other);

        Assert.Same(shared.Model, shared.ML.MultiTask.Find(chain));
        Assert.Same(shared.Model, new MultiTaskCatalog(shared.ML).Find(chain));
    }

    [Fact]
    public void No_model_or_two_are_an_error_that_counts_them()
    {
        var two = new TransformerChain<ITransformer>(shared.Model, Other, shared.Model);

        Assert.Contains("holds 0 multi-task models", Assert.Throws<ArgumentException>(() => shared.ML.MultiTask.Find(Other)).Message, StringComparison.Ordinal);
        Assert.Contains("holds 2 multi-task models", Assert.Throws<ArgumentException>(() => shared.ML.MultiTask.Find(two)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => shared.ML.MultiTask.Find(null!));
    }
}
