using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Benchmarks;

/// <summary>What a teacher is worth to its student on Fashion-MNIST, in three settings.</summary>
internal static class FashionMnistDistillation
{
    private const int NumberOfMembers = 5;
    private const int BatchSize = 128;

    private static readonly PredictionTask _class = PredictionTask.MulticlassClassification("Class");
    private static readonly PredictionTask _group = PredictionTask.MulticlassClassification("Group");
    private static readonly PredictionTask _top = PredictionTask.BinaryClassification("IsTop");

    /// <param name="folder">The folder of the data.</param>
    /// <param name="seeds">How many seeds, from 0.</param>
    /// <param name="epochs">The passes over all 60,000 pictures, four times as many over a sixth or a tenth of them.</param>
    /// <param name="temperature">The temperature.</param>
    /// <param name="hardLabelWeight">What labels weigh.</param>
    public static void Print(string folder, int seeds, int epochs, float temperature, float hardLabelWeight)
    {
        DistillationTrainer Teach(MLContext ml, Teacher teacher, MultiTaskTrainer student) => ml.MultiTask.Trainers.Distillation(teacher, student, temperature, hardLabelWeight);

        var data = new MLContext(seed: 1);
        IDataView train = FashionMnistData.Read(data, folder, "train");
        IDataView test = FashionMnistData.Read(data, folder, "t10k");
        Header("A student of at most a quarter of the parameters", ["teacher", "student without", "student with", "gain", "teacher: groups", "without", "with", "gain"]);
        PrintSeeds(seeds, seed => TeachSmaller(seed, epochs, Teach, train, test));

        Header("LightGBM models of 10,000 pictures teach one network", ["LightGBM: classes", "network without", "network with", "gain", "LightGBM: tops", "without", "with", "gain", "LightGBM: µs per row", "network: µs per row", "agreement: classes", "agreement: tops"]);
        IDataView tenThousand = FashionMnistData.Read(data, folder, "train", isRead: i => i < 10_000);
        Teacher lightGbm = TrainLightGbm(data, tenThousand);
        PrintSeeds(seeds, seed => TeachByLightGbm(seed, 4 * epochs, Teach, lightGbm, tenThousand, test));

        Header("Labels for a tenth: five members teach a student that sees the other rows too", ["average member", "ensemble", "student", "student − member", "groups: member", "ensemble", "student", "student − member"]);
        PrintSeeds(seeds, seed => TeachByEnsemble(seed, epochs, Teach, FashionMnistData.Read(data, folder, "train", isRead: i => i % 10 == seed % 10), FashionMnistData.Read(data, folder, "train", isLabelled: i => i % 10 == seed % 10), test));
    }

    private static double[] TeachSmaller(int seed, int epochs, Func<MLContext, Teacher, MultiTaskTrainer, DistillationTrainer> teach, IDataView train, IDataView test)
    {
        var ml = new MLContext(seed);
        PredictionTask[] tasks = [_class, _group];
        using MultiTaskTransformer teacher = Network(ml, tasks, [128, 64], [32], epochs).Fit(train);
        HardParameterSharingTrainer student = Network(ml, tasks, [32], [], epochs);
        using MultiTaskTransformer without = student.Fit(train);
        using MultiTaskTransformer with = teach(ml, Teacher.From(teacher), student).Fit(train);
        FidelityReport report = ml.MultiTask.MeasureFidelity(test, Teacher.From(teacher), with, without, numberOfThreads: 1);
        return 4 * report.StudentCost.ParameterCount <= report.TeacherCost.ParameterCount
            ? [.. tasks.SelectMany(task => Compare(task, report))]
            : throw new InvalidOperationException("The student is larger than a quarter of its teacher.");
    }

    private static double[] TeachByLightGbm(int seed, int epochs, Func<MLContext, Teacher, MultiTaskTrainer, DistillationTrainer> teach, Teacher teacher, IDataView train, IDataView test)
    {
        var ml = new MLContext(seed);
        PredictionTask[] tasks = [_class, _top];
        HardParameterSharingTrainer student = Network(ml, tasks, [128, 64], [32], epochs);
        using MultiTaskTransformer without = student.Fit(train);
        using MultiTaskTransformer with = teach(ml, teacher, student).Fit(train);
        FidelityReport report = ml.MultiTask.MeasureFidelity(test, teacher, with, without, numberOfThreads: 1);
        return [.. tasks.SelectMany(task => Compare(task, report)), 1e6 / report.TeacherCost.RowsPerSecond, 1e6 / report.StudentCost.RowsPerSecond, .. tasks.Select(task => report[task.Name].Agreement)];
    }

    private static double[] TeachByEnsemble(int seed, int epochs, Func<MLContext, Teacher, MultiTaskTrainer, DistillationTrainer> teach, IDataView labelled, IDataView all, IDataView test)
    {
        var ml = new MLContext(seed);
        PredictionTask[] tasks = [_class, _group];
        using MultiTaskTransformer teacher = ml.MultiTask.Trainers.Ensemble(new EnsembleOptions
        {
            Members = [Network(ml, tasks, [128, 64], [32], 4 * epochs)],
            NumberOfMembers = NumberOfMembers,
            Seed = seed,
        }).Fit(labelled);
        using MultiTaskTransformer student = teach(ml, Teacher.From(teacher), Network(ml, tasks, [128, 64], [32], epochs)).Fit(all);
        MultiTaskMetrics[] members = [.. teacher.Members.Select(member => ml.MultiTask.Evaluate(member.Transform(test), tasks))];
        MultiTaskMetrics ensemble = ml.MultiTask.Evaluate(teacher.Transform(test), tasks);
        MultiTaskMetrics taught = ml.MultiTask.Evaluate(student.Transform(test), tasks);
        return [.. tasks.SelectMany(task =>
        {
            double average = members.Average(metrics => metrics[task.Name].Accuracy);
            return (double[])[average, ensemble[task.Name].Accuracy, taught[task.Name].Accuracy, taught[task.Name].Accuracy - average];
        })];
    }

    /// <summary>A model for each task, as ML.NET has them.</summary>
    private static Teacher TrainLightGbm(MLContext ml, IDataView train)
    {
        IEstimator<ITransformer> chain = ml.Transforms.Conversion.ConvertType("TopFlag", "IsTop", DataKind.Boolean)
            .Append(ml.MulticlassClassification.Trainers.LightGbm("Class", numberOfLeaves: 31, numberOfIterations: 100))
            .Append(ml.Transforms.CopyColumns("ClassScores", "Score"))
            .Append(ml.BinaryClassification.Trainers.LightGbm("TopFlag", numberOfLeaves: 31, numberOfIterations: 100))
            .Append(ml.Transforms.CopyColumns("TopProbability", "Probability"));
        return Teacher.From(chain.Fit(train), ("Class", "ClassScores"), ("IsTop", "TopProbability"));
    }

    private static HardParameterSharingTrainer Network(MLContext ml, PredictionTask[] tasks, int[] shared, int[] head, int epochs) => ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = tasks,
        SharedLayers = shared,
        HeadLayers = head,
        BatchSize = BatchSize,
        MaximumNumberOfEpochs = epochs,
        NumberOfThreads = 1,
    });

    private static double[] Compare(PredictionTask task, FidelityReport report)
    {
        double without = report.WithoutTeacherMetrics![task.Name].Accuracy;
        double with = report.StudentMetrics![task.Name].Accuracy;
        return [report.TeacherMetrics![task.Name].Accuracy, without, with, with - without];
    }

    private static void Header(string title, string[] columns)
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine();
        Console.WriteLine($"| seed | {string.Join(" | ", columns)} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", columns.Length))}");
    }

    private static void PrintSeeds(int seeds, Func<int, double[]> run)
    {
        var all = new List<double[]>();
        for (int seed = 0; seed < seeds; seed++)
        {
            all.Add(run(seed));
            PrintRow(seed.ToString(CultureInfo.InvariantCulture), all[^1]);
        }

        PrintRow("mean", Seeds.GetMeans(all));
        PrintRow("deviation", Seeds.GetDeviations(all));
    }

    private static void PrintRow(string seed, double[] row) =>
        Console.WriteLine($"| {seed} | {string.Join(" | ", row.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)))} |");
}
