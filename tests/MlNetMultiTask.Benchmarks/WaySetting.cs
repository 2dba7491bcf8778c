using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What is the same for all ways of sharing that are compared.</summary>
/// <param name="MlContext">The context of the trainers.</param>
/// <param name="Tasks">The tasks.</param>
/// <param name="Layers">The shared layers of hard sharing; other ways have the same last one, which heads see, and a first one of their own width.</param>
/// <param name="HeadLayers">The hidden layers of each head.</param>
/// <param name="BatchSize">The rows of a step.</param>
/// <param name="Epochs">The passes over the rows.</param>
/// <param name="Seed">The seed of the first weights and of the order of rows.</param>
internal sealed record WaySetting(MLContext MlContext, PredictionTask[] Tasks, int[] Layers, int[] HeadLayers, int BatchSize, int Epochs, int Seed);
