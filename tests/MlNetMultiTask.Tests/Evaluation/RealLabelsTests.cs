using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Benchmarks;
using MlNetMultiTask.Tests.Documentation;
using MlNetMultiTask.Tests.Quality;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Analyses of the labels that everybody knows.</summary>
public sealed class RealLabelsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [FashionMnistFact]
    public void The_classes_of_Fashion_MNIST_determine_the_groups_and_not_the_reverse()
    {
        TaskAnalysis analysis = _ml.MultiTask.AnalyzeTasks(
            FashionMnistData.ReadLabels(_ml, FashionMnistData.Folder, "train"),
            [PredictionTask.MulticlassClassification("Class"), PredictionTask.MulticlassClassification("Group")]);

        TaskRelation forth = analysis["Class", "Group"];
        TaskRelation back = analysis["Group", "Class"];
        Assert.Equal((60_000, true, true, false), (forth.RowCount, forth.IsFunction, forth.IsSurjective, forth.IsInjective));
        Assert.Equal((0.0, true), (forth.ConditionalEntropy, forth.IsFound));
        Assert.Equal((false, false, false), (back.IsFunction, back.IsInjective, back.IsSurjective));

        // Of four tops and three pairs of shoes, all but one class are exceptions: 5 of 10 classes.
        Assert.Equal(0.5, back.FunctionExceptions, 1e-12);
        Assert.Equal(Math.Log2(10), analysis.Labels[0].Entropy, 1e-12);
        Assert.Equal(["Class", "Group"], Assert.Single(analysis.Warnings).Names);
    }

    [Fact]
    public void The_species_of_penguins_determines_nothing_and_tells_of_the_mass()
    {
        TaskAnalysis analysis = AnalyzePenguins();

        Assert.DoesNotContain(analysis.Relations, relation => relation.IsFunction);
        Assert.Empty(analysis.Warnings);
        TaskRelation mass = analysis["Species", "BodyMass"];
        Assert.True(mass.IsFound);
        Assert.Equal(342, mass.RowCount);

        // The one-way analysis of variance that textbooks make of these data: F(2, 339) = 343.6.
        Assert.Equal(343.6, mass.CorrelationRatio / 2 / ((1 - mass.CorrelationRatio) / 339), 0.1);
        Assert.True(analysis["Sex", "BodyMass"].IsFound);
        Assert.True(analysis["Species", "Island"].IsFound);
        Assert.False(analysis["Species", "Sex"].IsFound);
        Assert.False(analysis["Island", "Sex"].IsFound);
        Assert.Equal([333, 9, 2], analysis.MissingPatterns.Select(pattern => (int)pattern.RowCount));
    }

    private TaskAnalysis AnalyzePenguins()
    {
        IDataView data = _ml.Data.LoadFromTextFile(RepositoryFiles.Penguins, new TextLoader.Options
        {
            Separators = [','],
            HasHeader = true,
            AllowQuoting = true,
            MissingRealsAsNaNs = true,
            Columns = [new("Species", DataKind.String, 0), new("Island", DataKind.String, 1), new("BodyMass", DataKind.Single, 5), new("Sex", DataKind.String, 6)],
        });
        var keys = _ml.Transforms.Conversion.MapValueToKey("Species").Append(_ml.Transforms.Conversion.MapValueToKey("Island")).Append(_ml.Transforms.Conversion.MapValueToKey("Sex"));
        return _ml.MultiTask.AnalyzeTasks(
            keys.Fit(data).Transform(data),
            [
                PredictionTask.MulticlassClassification("Species"),
                PredictionTask.MulticlassClassification("Island"),
                PredictionTask.BinaryClassification("Sex", positiveLabel: "female"),
                PredictionTask.Regression("BodyMass"),
            ]);
    }
}
