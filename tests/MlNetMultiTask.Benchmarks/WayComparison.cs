using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Trains all ways of sharing at about equal parameters, seed by seed, and prints each beside hard sharing with the same seed.</summary>
/// <param name="names">What is measured, in points.</param>
/// <param name="outputs">Per task the number of outputs.</param>
/// <param name="measure">Measures a model on test data of a seed.</param>
internal sealed class WayComparison(string[] names, int[] outputs, Func<MLContext, MultiTaskTransformer, IDataView, double[]> measure)
{
    /// <param name="makeSetting">The setting of a seed.</param>
    /// <param name="load">The training and test data of a seed.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    public void Print(Func<int, WaySetting> makeSetting, Func<int, (IDataView Train, IDataView Test)> load, int seeds)
    {
        Way[] ways = [Way.Hard, .. Way.Others];
        List<double[]>[] all = [.. ways.Select(_ => new List<double[]>())];
        var sizes = new (int Width, long Parameters)[ways.Length];
        for (int seed = 0; seed < seeds; seed++)
        {
            WaySetting setting = makeSetting(seed);
            (IDataView train, IDataView test) = load(seed);
            int features = ((VectorDataViewType)train.Schema["Features"].Type).Size;
            long wanted = Way.Hard.CountParameters(setting, setting.Layers[0], features, outputs);
            for (int i = 0; i < ways.Length; i++)
            {
                int width = i == 0 ? setting.Layers[0] : ways[i].FindWidth(setting, features, outputs, wanted);
                sizes[i] = (width, ways[i].CountParameters(setting, width, features, outputs));
                using MultiTaskTransformer model = ways[i].Create(setting, width).Fit(train);
                all[i].Add(measure(setting.MlContext, model, test));
                PairedTable.Report(ways[i].Name, seed, all[i][^1]);
            }
        }

        PairedTable.Print(
            ["way", "first layer", "parameters"],
            names,
            [.. ways.Select((way, i) => (new[] { way.Name, FormattableString.Invariant($"{sizes[i].Width}"), FormattableString.Invariant($"{sizes[i].Parameters:N0}") }, all[i]))]);
    }
}
