using System.Globalization;
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
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {ways[i].Name}: {string.Join(", ", all[i][^1].Select(value => value.ToString("0.00", CultureInfo.InvariantCulture)))}"));
            }
        }

        Console.WriteLine($"| way | first layer | parameters | {string.Join(" | ", names.SelectMany(name => new[] { name, "difference" }))} |");
        Console.WriteLine($"|---|---|---|{string.Concat(names.Select(_ => "---|---|"))}");
        for (int i = 0; i < ways.Length; i++)
        {
            List<double[]> own = all[i];
            List<double[]> differences = [.. own.Zip(all[0], (figures, hard) => figures.Zip(hard, (value, beside) => value - beside).ToArray())];
            IEnumerable<string> cells = names.SelectMany((_, column) => new[] { Describe(own, column, ""), i == 0 ? "" : Describe(differences, column, "+") });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {ways[i].Name} | {sizes[i].Width} | {sizes[i].Parameters:N0} | {string.Join(" | ", cells)} |"));
        }
    }

    private static string Describe(List<double[]> rows, int column, string sign)
    {
        (double mean, double deviation) = (Seeds.GetMeans(rows)[column], Seeds.GetDeviations(rows)[column]);
        return string.Create(CultureInfo.InvariantCulture, $"{(mean >= 0 ? sign : "")}{mean:0.00} ± {deviation:0.00}");
    }
}
