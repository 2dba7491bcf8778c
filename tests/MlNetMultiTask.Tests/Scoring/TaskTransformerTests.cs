using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Scoring;

public sealed class TaskTransformerTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _data;

    public TaskTransformerTests() => _data = TestData.View(_ml, 100);

    [Fact]
    public void Permutation_feature_importance_takes_a_view_of_a_task()
    {
        using MultiTaskTransformer model = Train();

        var regression = _ml.Regression.PermutationFeatureImportance(model.ForTask("Size"), _data, labelColumnName: "Size");
        var binary = _ml.BinaryClassification.PermutationFeatureImportance(model.ForTask("Big"), _data, labelColumnName: "Big");
        var multiclass = _ml.MulticlassClassification.PermutationFeatureImportance(model.ForTask("Color"), _data, labelColumnName: "Color");

        // The size is 10 times the first feature less 4 times the last; the second and third have no part in it.
        Assert.Equal(TestData.FeatureCount, regression.Length);
        Assert.True(regression[0].RSquared.Mean < regression[1].RSquared.Mean - 0.1);
        // It is big where the first feature and half the third are above 0.
        Assert.True(binary[0].AreaUnderRocCurve.Mean < binary[1].AreaUnderRocCurve.Mean - 0.1);
        Assert.True(multiclass[0].MicroAccuracy.Mean < multiclass[3].MicroAccuracy.Mean);
    }

    [Fact]
    public void Evaluators_of_MlNet_find_the_default_columns()
    {
        using MultiTaskTransformer model = Train();
        MultiTaskMetrics metrics = _ml.MultiTask.Evaluate(model.Transform(_data), model.Tasks);

        Assert.Equal(metrics.Regression("Size").RSquared, _ml.Regression.Evaluate(model.ForTask("Size").Transform(_data), "Size").RSquared, 1e-9);
        Assert.Equal(metrics.Binary("Big").AreaUnderRocCurve, _ml.BinaryClassification.Evaluate(model.ForTask("Big").Transform(_data), "Big").AreaUnderRocCurve, 1e-9);
        Assert.Equal(metrics.Multiclass("Color").LogLoss, _ml.MulticlassClassification.Evaluate(model.ForTask("Color").Transform(_data), "Color").LogLoss, 1e-9);
    }

    [Fact]
    public void Evaluators_take_it_with_their_default_arguments()
    {
        using MultiTaskTransformer model = Train();
        IDataView Labelled(string label) => _ml.Transforms.CopyColumns("Label", label).Fit(_data).Transform(_data);

        Assert.Equal(100, _ml.BinaryClassification.Evaluate(model.ForTask("Big").Transform(Labelled("Big"))).ConfusionMatrix.Counts.Sum(row => row.Sum()));
        Assert.True(_ml.BinaryClassification.EvaluateNonCalibrated(model.ForTask("Big").Transform(Labelled("Big"))).Accuracy > 0.5);
        Assert.True(_ml.Regression.Evaluate(model.ForTask("Size").Transform(Labelled("Size"))).RSquared > 0);
        Assert.True(_ml.MulticlassClassification.Evaluate(model.ForTask("Color").Transform(Labelled("Color"))).MicroAccuracy > 0.5);
    }

    [Fact]
    public void A_chain_that_was_loaded_has_views_too()
    {
        IEstimator<ITransformer> pipeline = _ml.Transforms.NormalizeMeanVariance("Features", fixZero: false).Append(_ml.MultiTask.Trainers.HardParameterSharing(TestData.Tasks()));
        using var saved = new MemoryStream();
        ITransformer trained = pipeline.Fit(_data);
        _ml.Model.Save(trained, _data.Schema, saved);
        using MultiTaskTransformer original = _ml.MultiTask.Find(trained);
        using MultiTaskTransformer loaded = _ml.MultiTask.Find(new MLContext().Model.Load(saved, out _));

        Assert.Equal(original.ForTask("Size").Transform(_data).GetColumn<float>("Score"), loaded.ForTask("Size").Transform(_data).GetColumn<float>("Score"));
    }

    [Fact]
    public void A_view_computes_no_other_head()
    {
        using MultiTaskTransformer model = Train();
        using var counting = new CountingModel(model.Model);
        using var watched = new MultiTaskTransformer(_ml, counting);

        _ = watched.ForTask("Size").Transform(_data).GetColumn<float>("Score").Count();

        Assert.Equal([false, false, true, false], Assert.Single(counting.ActiveTasks));
    }

    [Fact]
    public void A_view_shows_its_task_alone()
    {
        using MultiTaskTransformer model = Train();
        TaskTransformer view = model.ForTask("Big");

        string[] added = [.. view.GetOutputSchema(_data.Schema).Select(column => column.Name).Except(_data.Schema.Select(column => column.Name))];

        Assert.Equal(["Score", "Probability", "PredictedLabel"], added);
        Assert.Equal("Features", view.FeatureColumnName);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, TestData.FeatureCount), view.FeatureColumnType);
        Assert.Same(model, view.Model);
    }

    [Fact]
    public void An_unknown_task_is_named_beside_the_known_ones()
    {
        using MultiTaskTransformer model = Train();

        ArgumentException e = Assert.Throws<ArgumentException>(() => model.ForTask("Colour"));

        Assert.Contains("'Colour'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'Color', 'Big', 'Size', 'Tags'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_is_not_saved_and_ends_with_its_model()
    {
        MultiTaskTransformer model = Train();
        TaskTransformer view = model.ForTask("Big");

        Exception unsaved = Assert.ThrowsAny<Exception>(() => _ml.Model.Save(view, _data.Schema, new MemoryStream()));
        model.Dispose();

        Assert.Contains("ForTask after loading", unsaved.GetBaseException().Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => view.Transform(_data));
        Assert.Throws<ObjectDisposedException>(() => model.ForTask("Big"));
    }

    private MultiTaskTransformer Train() => _ml.MultiTask.Trainers.HardParameterSharing(TestData.Tasks()).Fit(_data);
}
