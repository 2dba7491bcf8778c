using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>The seed of the MLContext, and nothing else, decides about chance.</summary>
public sealed class RepeatabilityContract
{
    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void The_same_seed_gives_the_same_model_bit_by_bit(string trainerName)
    {
        using var first = new Fitted(trainerName);
        using var second = new Fitted(trainerName);

        Assert.Equal(ScoreBytes.Of(first.Scored, first.Outputs), ScoreBytes.Of(second.Scored, second.Outputs));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Fitting_twice_gives_the_same_model(string trainerName)
    {
        var ml = new MLContext(7);
        IDataView data = TestData.View(ml);
        MultiTaskTrainer trainer = TrainerCases.Create(trainerName, ml);
        using MultiTaskTransformer first = trainer.Fit(data);
        _ = new Random(3).Next();
        using MultiTaskTransformer second = trainer.Fit(data);

        Assert.Equal(Scores(first, data), Scores(second, data));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Another_seed_and_another_trainer_of_a_context_give_other_models(string trainerName)
    {
        var one = new MLContext(1);
        var two = new MLContext(2);
        IDataView data = TestData.View(one);
        using MultiTaskTransformer first = TrainerCases.Create(trainerName, one).Fit(data);
        using MultiTaskTransformer next = TrainerCases.Create(trainerName, one).Fit(data);
        using MultiTaskTransformer other = TrainerCases.Create(trainerName, two).Fit(data);

        Assert.NotEqual(Scores(first, data), Scores(next, data));
        Assert.NotEqual(Scores(first, data), Scores(other, data));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.OfTrainingDataAlone), MemberType = typeof(TrainerCases))]
    public void Validation_data_do_not_change_the_model(string trainerName)
    {
        using var without = new Fitted(trainerName);
        var ml = new MLContext(1);
        IDataView data = TestData.View(ml);
        using MultiTaskTransformer with = TrainerCases.Create(trainerName, ml).Fit(data, TestData.View(ml, 30, seed: 9));

        Assert.Equal(ScoreBytes.Of(without.Scored, without.Outputs), Scores(with, data));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.AllWithCultures), MemberType = typeof(TrainerCases))]
    public void Cultures_change_nothing(string trainerName, string culture)
    {
        using var usual = new Fitted(trainerName);
        byte[] expected = ScoreBytes.Of(usual.Scored, usual.Outputs);
        string metrics = usual.ML.MultiTask.Evaluate(usual.Scored, usual.Model.Tasks).ToString();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            using var fitted = new Fitted(trainerName);
            using var file = new MemoryStream();
            fitted.ML.Model.Save(fitted.Model, fitted.Data.Schema, file);
            using MultiTaskTransformer loaded = fitted.ML.MultiTask.Find(fitted.ML.Model.Load(file, out _));

            Assert.Equal(expected, ScoreBytes.Of(fitted.Scored, fitted.Outputs));
            Assert.Equal(expected, Scores(loaded, fitted.Data));
            Assert.Equal(metrics, fitted.ML.MultiTask.Evaluate(fitted.Scored, fitted.Model.Tasks).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static byte[] Scores(MultiTaskTransformer model, IDataView data) =>
        ScoreBytes.Of(model.Transform(data), [.. model.Tasks.SelectMany(task => task.OutputColumnNames)]);
}
