using Microsoft.ML;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Loans with their rate, the status of the borrower's income, and whether they were paid back: lending_club of the R package modeldata, written as CSV.</summary>
internal static class LendingClubData
{
    private static readonly string[] _texts = ["term", "addr_state", "emp_length"];

    /// <summary>Not among them: sub_grade, from which the rate follows.</summary>
    private static readonly string[] _numbers =
    [
        "funded_amnt", "annual_inc", "delinq_2yrs", "inq_last_6mths", "revol_util", "acc_now_delinq", "open_il_6m", "open_il_12m", "open_il_24m",
        "total_bal_il", "all_util", "inq_fi", "inq_last_12m", "delinq_amnt", "num_il_tl", "total_il_high_credit_limit",
    ];

    private static readonly string[] _classes = ["Class", "verification_status"];

    /// <summary>Whether a loan was paid back (one in twenty was not), the rate of interest, and one of three statuses; none is a feature, nor follows from one.</summary>
    public static PredictionTask[] Tasks { get; } =
    [
        PredictionTask.BinaryClassification("Class", positiveLabel: "bad"),
        PredictionTask.Regression("int_rate"),
        PredictionTask.MulticlassClassification("verification_status"),
    ];

    /// <summary>Per task, the number of its outputs.</summary>
    public static int[] Outputs { get; } = [1, 1, 3];

    /// <summary>What is wrong with a path; null where the file is there.</summary>
    public static string? FindProblem(string path) => File.Exists(path)
        ? null
        : $"There is no file '{path}'. Write it by: Rscript -e 'data(lending_club, package=\"modeldata\"); write.csv(lending_club, \"lending_club.csv\", row.names=FALSE)'";

    /// <summary>Reads the file, and divides it by a seed: 70% of the rows to train, 30% to test. Means and categories are those of the training rows.</summary>
    public static (IDataView Train, IDataView Test) Load(string path, int seed) => new TableFile(path, _texts, _numbers, _classes, "int_rate").Load(seed);
}
