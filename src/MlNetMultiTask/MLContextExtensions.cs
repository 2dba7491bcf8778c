using MlNetMultiTask;

namespace Microsoft.ML;

/// <summary>The front door: multi-task learning beside ML.NET's own catalogs.</summary>
public static class MLContextExtensions
{
    extension(MLContext mlContext)
    {
        /// <summary>Trainers and tools for learning several tasks with one model.</summary>
        public MultiTaskCatalog MultiTask => new(mlContext);
    }
}
