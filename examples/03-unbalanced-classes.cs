// One borrower in twenty does not pay back. Does a network find that one, and what do class weights and a tuned threshold change? Run it with:
//   dotnet run examples/03-unbalanced-classes.cs [path of lending_club.csv]
#:project ../src/MlNetMultiTask/MlNetMultiTask.csproj
#:package TorchSharp-cpu
#:property PublishAot=false

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask;

string path = args is [string given, ..] ? given : "lending_club.csv";
if (!File.Exists(path))
{
    Console.Error.WriteLine($"There is no file '{path}'.");
    Console.Error.WriteLine("On Debian and Ubuntu, 'sudo apt-get install r-cran-modeldata' brings the data, and this line writes them to the current folder:");
    Console.Error.WriteLine("""  Rscript -e 'data(lending_club, package="modeldata"); write.csv(lending_club, "lending_club.csv", row.names=FALSE)'""");
    Console.Error.WriteLine("Then give the path of the file as the argument, if it lies elsewhere.");
    return 1;
}

// A column that a task predicts is no feature. Nor is sub_grade: the interest rate follows from it, so that it would give one task's answer away.
string[] texts = ["term", "addr_state", "emp_length"];
string[] numbers =
[
    "funded_amnt", "annual_inc", "delinq_2yrs", "inq_last_6mths", "revol_util", "acc_now_delinq", "open_il_6m", "open_il_12m", "open_il_24m",
    "total_bal_il", "all_util", "inq_fi", "inq_last_12m", "delinq_amnt", "num_il_tl", "total_il_high_credit_limit",
];
string[] classes = ["Class", "verification_status"];
const string Rate = "int_rate";

// Columns are found by name, so that the file may have more of them, and in another order.
List<string> header = [.. (File.ReadLines(path).FirstOrDefault() ?? "").Split(',').Select(name => name.Trim('"'))];
if (Array.Find([.. classes, Rate, .. texts, .. numbers], name => !header.Contains(name)) is { } missing)
{
    Console.Error.WriteLine($"The file '{path}' has no column '{missing}'; its first line must name the columns, with commas between them.");
    return 1;
}

var format = new TextLoader.Options
{
    Separators = [','],
    HasHeader = true,
    AllowQuoting = true,
    MissingRealsAsNaNs = true,
    Columns =
    [
        .. classes.Concat(texts).Select(name => new TextLoader.Column(name, DataKind.String, header.IndexOf(name))),
        .. numbers.Append(Rate).Select(name => new TextLoader.Column(name, DataKind.Single, header.IndexOf(name))),
    ],
};

// Weights change what is learned; a threshold moves the decision afterwards. So they can be combined.
(string Name, ClassWeights? Weights, DecisionThreshold? Threshold)[] ways =
[
    ("plain", null, null),
    ("balanced weights", ClassWeights.Balanced(), null),
    ("tuned threshold", null, DecisionThreshold.MaximizeBalancedAccuracy()),
    ("both", ClassWeights.Balanced(), DecisionThreshold.MaximizeBalancedAccuracy()),
];
const int SeedCount = 5;
List<Result>[] results = [.. ways.Select(_ => new List<Result>())];
for (int seed = 1; seed <= SeedCount; seed++)
{
    var ml = new MLContext(seed);
    var data = ml.Data.TrainTestSplit(ml.Data.CreateTextLoader(format).Load(path), testFraction: 0.3, seed: seed);

    // Fitted on the training rows alone: means and categories of test rows would be a leak, too. Only the numbers are normalised: brought to
    // deviation 1, the column of a rare state would be 0 but for a few huge values.
    var preparation = ml.Transforms.Categorical.OneHotEncoding([.. texts.Select(name => new InputOutputColumnPair(name))])
        .Append(ml.Transforms.Concatenate("Numbers", numbers))
        .Append(ml.Transforms.NormalizeMeanVariance("Numbers", fixZero: false))
        .Append(ml.Transforms.Concatenate("Features", ["Numbers", .. texts]))
        .Append(ml.Transforms.Conversion.MapValueToKey([.. classes.Select(name => new InputOutputColumnPair(name))]))
        .Fit(data.TrainSet);
    IDataView train = preparation.Transform(data.TrainSet);
    IDataView test = preparation.Transform(data.TestSet);
    bool[] isBad = [.. data.TestSet.GetColumn<string>("Class").Select(value => value == "bad")];
    for (int i = 0; i < ways.Length; i++)
    {
        PredictionTask[] tasks =
        [
            PredictionTask.BinaryClassification("Class", positiveLabel: "bad", classWeights: ways[i].Weights, decisionThreshold: ways[i].Threshold),
            PredictionTask.Regression(Rate),
            PredictionTask.MulticlassClassification("verification_status"),
        ];

        // A context of its own for each way: the same seed gives the same first weights and validation rows, so that nothing but the task differs.
        using MultiTaskTransformer model = new MLContext(seed).MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = tasks,
            SharedLayers = [32],
            HeadLayers = [16],
            BatchSize = 128,
            MaximumNumberOfEpochs = 30,
            ValidationFraction = 0.25f,     // ends training and sets the threshold; test rows must do neither
            EarlyStopping = new EarlyStopping { Patience = 5 },
            NumberOfThreads = 1,            // for a network of this size, more threads cost more than they give
        }).Fit(train);
        IDataView scored = model.Transform(test);
        MultiTaskMetrics metrics = ml.MultiTask.Evaluate(scored, tasks);
        bool[] saidBad = [.. scored.GetColumn<bool>("Class.PredictedLabel")];
        results[i].Add(new Result(
            Share(saidBad.Where((_, row) => isBad[row])),
            Share(saidBad.Where((_, row) => !isBad[row]).Select(bad => !bad)),
            metrics.Binary("Class").Accuracy,
            metrics.Binary("Class").AreaUnderRocCurve,
            metrics.Regression(Rate).RSquared,
            metrics.Multiclass("verification_status").MicroAccuracy));
    }
}

Console.WriteLine($"Test rows, {SeedCount} seeds, mean ± deviation:");
Console.WriteLine();
Print("Class is learned", "Balanced accuracy", "Bad found", "Good found", "Accuracy", "AUC", "Rate: R²", "Status: accuracy");
Print([.. Enumerable.Repeat("---", 8)]);
for (int i = 0; i < ways.Length; i++)
{
    var ofWay = results[i];
    Print(
        ways[i].Name,
        Describe(ofWay.Select(result => (result.BadFound + result.GoodFound) / 2)),
        Describe(ofWay.Select(result => result.BadFound)),
        Describe(ofWay.Select(result => result.GoodFound)),
        Describe(ofWay.Select(result => result.Accuracy)),
        Describe(ofWay.Select(result => result.Auc)),
        Describe(ofWay.Select(result => result.RateRSquared)),
        Describe(ofWay.Select(result => result.StatusAccuracy)));
}

return 0;

static double Share(IEnumerable<bool> values) => values.Select(value => value ? 1.0 : 0.0).DefaultIfEmpty(double.NaN).Average();

static string Describe(IEnumerable<double> values)
{
    double mean = values.Average();
    double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count() - 1));
    return string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
}

static void Print(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells.Select((cell, i) => cell.PadRight(i == 0 ? 16 : 17)))} |");

internal sealed record Result(double BadFound, double GoodFound, double Accuracy, double Auc, double RateRSquared, double StatusAccuracy);
