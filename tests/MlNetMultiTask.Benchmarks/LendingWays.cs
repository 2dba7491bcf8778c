using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>All ways of sharing on three tasks of different kinds about the same loans.</summary>
internal static class LendingWays
{
    /// <param name="path">The path of lending_club.csv.</param>
    /// <param name="seeds">How many seeds, from 0; each divides the rows anew.</param>
    /// <param name="epochs">The passes over the rows.</param>
    public static void Print(string path, int seeds, int epochs) =>
        new WayComparison(["paid back: AUC", "rate: R²", "status: accuracy", "mean of the three"], LendingClubData.Outputs, Measure)
            .Print(seed => new WaySetting(new MLContext(seed), LendingClubData.Tasks, [64, 32], [16], BatchSize: 128, epochs, seed), seed => LendingClubData.Load(path, seed), seeds);

    /// <summary>The area under the curve, since the accuracy of a class of one in twenty is that of never naming it.</summary>
    private static double[] Measure(MLContext ml, MultiTaskTransformer model, IDataView test)
    {
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(model.Transform(test), LendingClubData.Tasks);
        double[] figures = [metrics.Binary("Class").AreaUnderRocCurve, metrics.Regression("int_rate").RSquared, metrics.Multiclass("verification_status").MicroAccuracy];
        return [.. figures.Append(figures.Average()).Select(value => 100 * value)];
    }
}
