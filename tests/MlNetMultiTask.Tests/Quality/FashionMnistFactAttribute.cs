using MlNetMultiTask.Benchmarks;

namespace MlNetMultiTask.Tests.Quality;

/// <summary>A test that is skipped, and says why, where Fashion-MNIST is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FashionMnistFactAttribute : FactAttribute
{
    /// <summary>Looks for the files.</summary>
    public FashionMnistFactAttribute() => Skip = FashionMnistData.FindProblem(FashionMnistData.Folder);
}
