using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>A table in a CSV file with a header, as features and labels.</summary>
/// <param name="path">The file's path.</param>
/// <param name="texts">The columns of categories that are features.</param>
/// <param name="numbers">The columns of numbers that are features.</param>
/// <param name="classLabels">The columns that are labels of classification.</param>
/// <param name="numberLabel">The column that is a label of regression.</param>
internal sealed class TableFile(string path, string[] texts, string[] numbers, string[] classLabels, string numberLabel)
{
    /// <summary>Reads the file, and divides it by a seed: 70% of the rows to train, 30% to test. Means and categories are those of the training rows.</summary>
    public (IDataView Train, IDataView Test) Load(int seed)
    {
        var ml = new MLContext(seed);
        DataOperationsCatalog.TrainTestData data = ml.Data.TrainTestSplit(Read(ml), testFraction: 0.3, seed: seed);
        ITransformer preparation = Prepare(ml).Fit(data.TrainSet);
        return (ml.Data.Cache(preparation.Transform(data.TrainSet)), ml.Data.Cache(preparation.Transform(data.TestSet)));
    }

    /// <summary>Reads the file as it is.</summary>
    public IDataView Read(MLContext ml)
    {
        List<string> header = [.. File.ReadLines(path).First().Split(',').Select(name => name.Trim('"'))];
        return ml.Data.LoadFromTextFile(path, new TextLoader.Options
        {
            Separators = [','],
            HasHeader = true,
            AllowQuoting = true,
            MissingRealsAsNaNs = true,
            Columns =
            [
                .. classLabels.Concat(texts).Select(name => new TextLoader.Column(name, DataKind.String, header.IndexOf(name))),
                .. numbers.Append(numberLabel).Select(name => new TextLoader.Column(name, DataKind.Single, header.IndexOf(name))),
            ],
        });
    }

    /// <summary>What makes features and labels of it.</summary>
    public IEstimator<ITransformer> Prepare(MLContext ml) => ml.Transforms.Categorical.OneHotEncoding([.. texts.Select(name => new InputOutputColumnPair(name))])
        .Append(ml.Transforms.Concatenate("Numbers", numbers))
        .Append(ml.Transforms.NormalizeMeanVariance("Numbers", fixZero: false))
        .Append(ml.Transforms.Concatenate("Features", ["Numbers", .. texts]))
        .Append(ml.Transforms.Conversion.MapValueToKey([.. classLabels.Select(name => new InputOutputColumnPair(name))]));
}
