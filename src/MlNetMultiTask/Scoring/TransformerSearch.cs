using Microsoft.ML;

namespace MlNetMultiTask.Scoring;

/// <summary>Finds multi-task models inside transformers: chains are searched, and chains inside chains.</summary>
internal static class TransformerSearch
{
    public static IReadOnlyList<MultiTaskTransformer> FindAll(ITransformer transformer)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        return transformer switch
        {
            MultiTaskTransformer found => [found],
            IEnumerable<ITransformer> chain => [.. chain.SelectMany(FindAll)],
            _ => [],
        };
    }
}
