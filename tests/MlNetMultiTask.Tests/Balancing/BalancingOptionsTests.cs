using System.Globalization;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>The options of the methods: what is refused, and the text by which checkpoints are compared.</summary>
public sealed class BalancingOptionsTests
{
    private static readonly Dictionary<string, (Func<double, TaskBalancing> Create, bool AllowsZero)> _numbers = new()
    {
        ["Uncertainty.learningRate"] = (value => TaskBalancing.Uncertainty(value), false),
        ["ImtlL.learningRate"] = (value => TaskBalancing.ImtlL(value), false),
        ["DynamicWeightAverage.temperature"] = (value => TaskBalancing.DynamicWeightAverage(value), false),
        ["STCH.smoothing"] = (value => TaskBalancing.STCH(value), false),
        ["FAMO.learningRate"] = (value => TaskBalancing.FAMO(learningRate: value), false),
        ["FAMO.weightDecay"] = (value => TaskBalancing.FAMO(weightDecay: value), true),
        ["GradNorm.asymmetry"] = (value => TaskBalancing.GradNorm(asymmetry: value), true),
        ["GradNorm.learningRate"] = (value => TaskBalancing.GradNorm(learningRate: value), false),
        ["GradVac.decay"] = (value => TaskBalancing.GradVac(value), false),
        ["CAGrad.c"] = (value => TaskBalancing.CAGrad(value), true),
        ["NashMTL.maximumNorm"] = (value => TaskBalancing.NashMTL(value), false),
        ["FairGrad.alpha"] = (value => TaskBalancing.FairGrad(value), false),
    };

    public static TheoryData<string> Numbers => [.. _numbers.Keys];

    public static TheoryData<string, string> Texts => new()
    {
        { "Uncertainty", TaskBalancing.Uncertainty().ToString() },
        { "Uncertainty(learning rate 0.025)", TaskBalancing.Uncertainty(0.025).ToString() },
        { "ImtlL", TaskBalancing.ImtlL().ToString() },
        { "ImtlL(learning rate 1.5)", TaskBalancing.ImtlL(1.5).ToString() },
        { "DynamicWeightAverage(temperature 2)", TaskBalancing.DynamicWeightAverage().ToString() },
        { "GeometricMean", TaskBalancing.GeometricMean().ToString() },
        { "Random", TaskBalancing.Random().ToString() },
        { "STCH(smoothing 1)", TaskBalancing.STCH().ToString() },
        { "STCH(smoothing 0.5, A 0.25, B -1.5)", TaskBalancing.STCH(0.5, ("A", 0.25f), ("B", -1.5f)).ToString() },
        { "FAMO(learning rate 0.025, weight decay 0.001)", TaskBalancing.FAMO().ToString() },
        { "FAMO(learning rate 0.5, weight decay 0, A 0.1)", TaskBalancing.FAMO(0.5, 0, ("A", 0.1f)).ToString() },
        { "GradNorm(asymmetry 1.5, learning rate 0.025)", TaskBalancing.GradNorm().ToString() },
        { "Fixed(A 2, B 0.5)", TaskBalancing.Fixed(("B", 0.5f), ("A", 2f)).ToString() },
        { "MGDA", TaskBalancing.MGDA().ToString() },
        { "PCGrad", TaskBalancing.PCGrad().ToString() },
        { "GradVac(decay 0.01)", TaskBalancing.GradVac().ToString() },
        { "CAGrad(c 0.5)", TaskBalancing.CAGrad().ToString() },
        { "ImtlG", TaskBalancing.ImtlG().ToString() },
        { "NashMTL(maximum norm 1)", TaskBalancing.NashMTL().ToString() },
        { "NashMTL", TaskBalancing.NashMTL(null).ToString() },
        { "FairGrad(alpha 1)", TaskBalancing.FairGrad().ToString() },
        { "AlignedMTL", TaskBalancing.AlignedMTL().ToString() },
        { "UPGrad", TaskBalancing.UPGrad().ToString() },
        { "DualProj", TaskBalancing.DualProj().ToString() },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_outside_their_range_are_refused_with_their_name_and_value(string option)
    {
        (Func<double, TaskBalancing> create, bool allowsZero) = _numbers[option];
        foreach (double value in new[] { -0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0 })
        {
            if (value == 0 && allowsZero)
            {
                Assert.NotNull(create(value));
                continue;
            }

            var error = Assert.Throws<ArgumentOutOfRangeException>(() => create(value));
            Assert.Equal(option.Split('.')[1], error.ParamName);
            Assert.Contains($"is {value.ToString(CultureInfo.InvariantCulture)};", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_decay_above_1_is_refused_and_1_is_not()
    {
        Assert.Contains("1.5", Assert.Throws<ArgumentOutOfRangeException>(() => TaskBalancing.GradVac(1.5)).Message, StringComparison.Ordinal);
        Assert.Equal("GradVac(decay 1)", TaskBalancing.GradVac(1).ToString());
    }

    [Fact]
    public void Named_losses_that_are_not_finite_twice_there_or_of_no_task_are_refused()
    {
        foreach (float loss in new[] { float.NaN, float.PositiveInfinity })
        {
            var ideal = Assert.Throws<ArgumentOutOfRangeException>(() => TaskBalancing.STCH(1, ("A", loss)));
            var smallest = Assert.Throws<ArgumentOutOfRangeException>(() => TaskBalancing.FAMO(minimumLosses: ("A", loss)));
            Assert.Equal("idealLosses", ideal.ParamName);
            Assert.Equal("minimumLosses", smallest.ParamName);
            Assert.All([ideal, smallest], error => Assert.Contains($"'A' is {loss.ToString(CultureInfo.InvariantCulture)};", error.Message, StringComparison.Ordinal));
        }

        Assert.Equal("idealLosses", Assert.Throws<ArgumentException>(() => TaskBalancing.STCH(1, ("A", 1f), ("A", 2f))).ParamName);
        Assert.Equal("minimumLosses", Assert.Throws<ArgumentException>(() => TaskBalancing.FAMO(minimumLosses: [("A", 1f), ("A", 2f)])).ParamName);
        Assert.Contains("TaskBalancing.STCH names 'X'", Assert.Throws<ArgumentException>(() => TaskBalancing.STCH(1, ("X", 1f)).Start(["A"])).Message, StringComparison.Ordinal);
        Assert.Contains("TaskBalancing.FAMO names 'X'", Assert.Throws<ArgumentException>(() => TaskBalancing.FAMO(minimumLosses: ("X", 1f)).Start(["A"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_text_of_a_method_has_its_options(string expected, string text) => Assert.Equal(expected, text);

    [Fact]
    public void Texts_and_messages_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");

            Assert.Equal("STCH(smoothing 0.5, A 0.25)", TaskBalancing.STCH(0.5, ("A", 0.25f)).ToString());
            Assert.Equal("GradNorm(asymmetry 1.5, learning rate 0.025)", TaskBalancing.GradNorm().ToString());
            Assert.Equal("FAMO(learning rate 0.025, weight decay 0.001, A 0.1)", TaskBalancing.FAMO(minimumLosses: ("A", 0.1f)).ToString());
            Assert.Equal("Fixed(A 0.5)", TaskBalancing.Fixed(("A", 0.5f)).ToString());
            Assert.Equal("CAGrad(c 0.4)", TaskBalancing.CAGrad(0.4).ToString());
            Assert.Contains("c is -0.5;", Assert.Throws<ArgumentOutOfRangeException>(() => TaskBalancing.CAGrad(-0.5)).Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Methods_ask_for_what_they_need_and_no_more()
    {
        Assert.All([TaskBalancing.Uncertainty(), TaskBalancing.ImtlL(), TaskBalancing.DynamicWeightAverage(), TaskBalancing.GeometricMean(), TaskBalancing.STCH()], method => Assert.Equal(BalancingNeeds.Losses, method.Needs));
        Assert.Equal(BalancingNeeds.Losses | BalancingNeeds.LossesAfterUpdate, TaskBalancing.FAMO().Needs);
        Assert.Equal(BalancingNeeds.Losses | BalancingNeeds.Norms, TaskBalancing.GradNorm().Needs);
        Assert.Equal(BalancingNeeds.None, TaskBalancing.Random().Needs);
        Assert.All(
            [TaskBalancing.MGDA(), TaskBalancing.PCGrad(), TaskBalancing.GradVac(), TaskBalancing.CAGrad(), TaskBalancing.ImtlG(), TaskBalancing.NashMTL(), TaskBalancing.FairGrad(), TaskBalancing.AlignedMTL(), TaskBalancing.UPGrad(), TaskBalancing.DualProj()],
            method => Assert.Equal(BalancingNeeds.Gramian, method.Needs));
    }
}
