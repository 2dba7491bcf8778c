using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Two tasks that need one direction of the features, and a third that needs another one: below a layer of one unit, they compete.</summary>
internal sealed class AffinityRow
{
    public const int Count = 240;

    [VectorType(4)]
    public float[] Features { get; set; } = [];

    public float A { get; set; }

    public float B { get; set; }

    public float C { get; set; }

    public static PredictionTask[] Tasks => [PredictionTask.Regression("A"), PredictionTask.Regression("B"), PredictionTask.Regression("C")];

    public static IDataView Load(MLContext ml, uint seed)
    {
        var random = new MlNetMultiTask.Training.CounterRandom(seed, 77);
        float Draw() => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2;
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(_ => new[] { Draw(), Draw(), Draw(), Draw() }).Select(x => new AffinityRow
        {
            Features = x,
            A = x[0] + (0.1f * Draw()),
            B = 1 - (3 * x[0]) + (0.3f * Draw()),
            C = x[1] + (0.1f * Draw()),
        }).ToArray());
    }

    public static HardParameterSharingOptions Options(int epochs = 6, int? interval = null, int? seed = 1) => new()
    {
        Tasks = Tasks,
        SharedLayers = [1],
        HeadLayers = [],
        Activation = Activation.Tanh,
        LearningRate = 0.03,
        BatchSize = 40,
        MaximumNumberOfEpochs = epochs,
        AffinitySamplingInterval = interval,
        GradientSamplingInterval = interval,
        Seed = seed,
    };
}
