using CsCheck;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Tests.Tasks;

/// <summary>
/// The loss per row of the four kinds of tasks. Tensors are of double precision, so that what remains is rounding:
/// losses of up to a hundred, with a few operations of relative error 1e-16 each, leave 1e-12 far from reach.
/// </summary>
public sealed class RowLossTests
{
    private const double Tolerance = 1e-12;
    private const int Width = 3;

    private static readonly PredictionTask _multiclass = PredictionTask.MulticlassClassification("Class");
    private static readonly PredictionTask _binary = PredictionTask.BinaryClassification("Yes");
    private static readonly PredictionTask _regression = PredictionTask.Regression("Number");
    private static readonly PredictionTask _multilabel = PredictionTask.MultilabelClassification("Set");

    private static readonly Gen<double> _output = Gen.Double[-15, 15];
    private static readonly Gen<double[][]> _outputs = _output.Array[Width].Array[1, 6];

    /// <summary>The kinds with the number of raw outputs that they are tried with.</summary>
    public static TheoryData<string> Kinds => ["multiclass", "binary", "regression", "vector regression", "multilabel"];

    [Fact]
    public void Multiclass_is_cross_entropy() =>
        Gen.Select(_outputs, Gen.Int[0, Width - 1].Array[6]).Sample((raw, labels) =>
            AssertRows(_multiclass, raw, Indices(labels, raw.Length), [.. raw.Select((row, i) => PlainLosses.CrossEntropy(row, labels[i]))]));

    [Fact]
    public void Binary_is_the_logistic_loss() =>
        Gen.Select(_output.Array[1].Array[1, 6], Gen.Int[0, 1].Array[6]).Sample((raw, labels) =>
            AssertRows(_binary, raw, Numbers(raw.Select((_, i) => new double[] { labels[i] })), [.. raw.Select((row, i) => PlainLosses.Logistic(row[0], labels[i]))]));

    /// <summary>Szegedy et al. 2016: the label's distribution is mixed with an even one. The share is a float: six digits.</summary>
    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.75f)]
    public void Smoothed_labels_are_a_mixture_with_an_even_distribution(float smoothing) =>
        Gen.Select(_outputs, Gen.Int[0, 1].Array[6]).Sample((raw, labels) =>
        {
            double even = smoothing;
            AssertRows(
                PredictionTask.MulticlassClassification("Class", labelSmoothing: smoothing),
                raw,
                Indices(labels, raw.Length),
                [.. raw.Select((row, i) => ((1 - even) * PlainLosses.CrossEntropy(row, labels[i])) + (even * Enumerable.Range(0, Width).Average(label => PlainLosses.CrossEntropy(row, label))))],
                1e-5);
            AssertRows(
                PredictionTask.BinaryClassification("Yes", labelSmoothing: smoothing),
                [.. raw.Select(row => new[] { row[0] })],
                Numbers(raw.Select((_, i) => new double[] { labels[i] })),
                [.. raw.Select((row, i) => ((1 - even) * PlainLosses.Logistic(row[0], labels[i])) + (even * (PlainLosses.Logistic(row[0], 0) + PlainLosses.Logistic(row[0], 1)) / 2))],
                1e-5);
        });

    [Fact]
    public void Regression_is_the_squared_error() =>
        Gen.Select(_output.Array[1].Array[1, 6], _output.Array[6]).Sample((raw, labels) =>
            AssertRows(_regression, raw, Numbers(raw.Select((_, i) => new[] { labels[i] })), [.. raw.Select((row, i) => PlainLosses.Squared(row[0], labels[i]))]));

    [Fact]
    public void Vector_regression_is_the_mean_over_slots_where_all_are_known() =>
        Gen.Select(_outputs, _output.Array[Width].Array[6]).Sample((raw, labels) =>
            AssertRows(
                _regression,
                raw,
                Numbers(labels.Take(raw.Length)),
                [.. raw.Select((row, i) => Enumerable.Range(0, Width).Average(s => PlainLosses.Squared(row[s], labels[i][s])))]));

    [Fact]
    public void Multilabel_is_the_mean_over_slots_where_all_are_known() =>
        Gen.Select(_outputs, Gen.Int[0, 1].Array[Width].Array[6]).Sample((raw, labels) =>
            AssertRows(
                _multilabel,
                raw,
                Numbers(labels.Take(raw.Length).Select(row => row.Select(label => (double)label).ToArray())),
                [.. raw.Select((row, i) => Enumerable.Range(0, Width).Average(s => PlainLosses.Logistic(row[s], labels[i][s])))]));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Missing_slots_are_left_out_and_the_others_weigh_as_told(bool multilabel) =>
        Gen.Select(_outputs, Gen.Int[0, 1].Array[Width].Array[6], Gen.Double[0, 3].Array[Width].Array[6]).Sample((raw, labels, weights) =>
        {
            PredictionTask task = multilabel ? _multilabel : _regression;
            Func<double, double, double> loss = multilabel ? PlainLosses.Logistic : PlainLosses.Squared;
            using IDisposable scope = torch.NewDisposeScope();
            var targets = new TaskTargets
            {
                Labels = Numbers(labels.Take(raw.Length).Select(row => row.Select(label => (double)label).ToArray())),
                // Two of three weights are 0 in the first row, as where two slots are missing.
                SlotWeights = Numbers(weights.Take(raw.Length).Select((row, i) => i == 0 ? [row[0], 0, 0] : row)),
            };
            weights[0] = [weights[0][0], 0, 0];

            AssertEqual([.. raw.Select((row, i) => Enumerable.Range(0, Width).Sum(s => weights[i][s] * loss(row[s], labels[i][s])))], task.GetRowLosses(Numbers(raw), targets));
        });

    [Theory]
    [InlineData(1e4)]
    [InlineData(-1e4)]
    public void Extreme_outputs_give_finite_losses(double logOdds)
    {
        using IDisposable scope = torch.NewDisposeScope();
        double wrong = logOdds > 0 ? 0 : 1;

        AssertEqual([1e4], _binary.GetRowLosses(Numbers([[logOdds]]), new TaskTargets { Labels = Numbers([[wrong]]) }));
        AssertEqual([1e4 / 2], _multilabel.GetRowLosses(Numbers([[logOdds, logOdds]]), new TaskTargets { Labels = Numbers([[wrong, 1 - wrong]]) }));
        AssertEqual([2e4], _multiclass.GetRowLosses(Numbers([[logOdds, -logOdds]]), new TaskTargets { Labels = Indices([logOdds > 0 ? 1 : 0], 1) }));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Soft_targets_are_compared_at_the_temperature_and_weighed_against_the_labels(string kind) =>
        Gen.Select(_outputs, _output.Array[Width].Array[6], Gen.Int[0, 1].Array[Width].Array[6], Gen.Int[0, 2].Select(power => (float)(1 << power)), Gen.Int[0, 4].Select(quarters => quarters / 4f)).Sample(
            (outputs, teacher, labels, temperature, alpha) =>
            {
                using IDisposable scope = torch.NewDisposeScope();
                (PredictionTask task, int width) = Find(kind);
                double[][] raw = [.. outputs.Select(row => row[..width])];
                double[][] other = [.. teacher.Take(raw.Length).Select(row => row[..width])];
                // Every second row has no label: it has the soft term alone.
                double[] mask = [.. raw.Select((_, i) => i % 2 == 0 ? 1.0 : 0.0)];
                var targets = new TaskTargets
                {
                    Labels = task == _multiclass ? Indices([.. labels.Select(row => row[0])], raw.Length) : Numbers(labels.Take(raw.Length).Select(row => row[..width].Select(label => (double)label).ToArray())),
                    LabelWeights = torch.tensor(mask),
                    Soft = new SoftTargets(Numbers(other), temperature, alpha),
                };

                AssertEqual(
                    [.. raw.Select((row, i) => (alpha * mask[i] * Hard(kind, row, labels[i])) + ((1 - alpha) * Soft(kind, row, other[i], temperature)))],
                    task.GetRowLosses(Numbers(raw), targets));
            },
            iter: 60);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_soft_target_equal_to_the_output_costs_nothing_and_pulls_nowhere(string kind)
    {
        using IDisposable scope = torch.NewDisposeScope();
        (PredictionTask task, int width) = Find(kind);
        double[][] values = [[1.5, -2, 0.25], [-3, 4, 9]];
        torch.Tensor raw = Numbers(values.Select(row => row[..width])).requires_grad_();
        torch.Tensor losses = task.GetSoftLosses(raw, raw.detach(), 3f);
        losses.sum().backward();

        AssertEqual([0, 0], losses);
        Assert.All(raw.grad!.data<double>().ToArray(), gradient => Assert.Equal(0.0, gradient, Tolerance));
    }

    /// <summary>The reason for T²: the gradient of logits keeps its size, ∂(T² KL)/∂z = T (q − p).</summary>
    [Fact]
    public void The_gradient_of_soft_classes_is_T_times_the_difference_of_probabilities()
    {
        using IDisposable scope = torch.NewDisposeScope();
        double[] student = [1, -2, 0.5];
        double[] teacher = [0.3, 2, -1];
        torch.Tensor raw = Numbers([student]).requires_grad_();
        _multiclass.GetSoftLosses(raw, Numbers([teacher]), 4f).sum().backward();
        double[] p = PlainLosses.Softmax(teacher, 4);
        double[] q = PlainLosses.Softmax(student, 4);

        Assert.All(raw.grad!.data<double>().ToArray().Zip(q.Zip(p)), pair => Assert.Equal(4 * (pair.Second.First - pair.Second.Second), pair.First, Tolerance));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Losses_have_one_number_a_row_whatever_the_targets(string kind)
    {
        (PredictionTask task, int width) = Find(kind);
        foreach (int rows in new[] { 1, 5 })
        {
            using IDisposable scope = torch.NewDisposeScope();
            torch.Tensor raw = torch.zeros(rows, width);
            foreach (bool soft in new[] { false, true })
            {
                foreach (bool mask in new[] { false, true })
                {
                    var targets = new TaskTargets
                    {
                        Labels = task == _multiclass ? torch.zeros(rows, torch.ScalarType.Int64) : torch.zeros(rows, width),
                        LabelWeights = mask ? torch.ones(rows) : null,
                        Soft = soft ? new SoftTargets(torch.ones(rows, width), 2f, 0.5f) : null,
                    };

                    Assert.Equal([rows], task.GetRowLosses(raw, targets).shape);
                }
            }
        }
    }

    [Fact]
    public void Scores_are_probabilities_log_odds_or_numbers()
    {
        using IDisposable scope = torch.NewDisposeScope();
        double[] row = [0.5, -1, 2];

        AssertEqual(PlainLosses.Softmax(row), _multiclass.Activate(Numbers([row])).squeeze(0));
        AssertEqual([.. row.Select(PlainLosses.Sigmoid)], _multilabel.Activate(Numbers([row])).squeeze(0));
        AssertEqual(row, _binary.Activate(Numbers([row])).squeeze(0));
        AssertEqual(row, _regression.Activate(Numbers([row])).squeeze(0));
    }

    private static (PredictionTask Task, int Width) Find(string kind) => kind switch
    {
        "multiclass" => (_multiclass, Width),
        "binary" => (_binary, 1),
        "regression" => (_regression, 1),
        "vector regression" => (_regression, Width),
        _ => (_multilabel, Width),
    };

    private static double Hard(string kind, double[] raw, int[] labels) => kind switch
    {
        "multiclass" => PlainLosses.CrossEntropy(raw, labels[0]),
        "binary" or "multilabel" => raw.Select((value, s) => PlainLosses.Logistic(value, labels[s])).Average(),
        _ => raw.Select((value, s) => PlainLosses.Squared(value, labels[s])).Average(),
    };

    private static double Soft(string kind, double[] raw, double[] teacher, double temperature) => kind switch
    {
        "multiclass" => temperature * temperature * PlainLosses.Divergence(PlainLosses.Softmax(teacher, temperature), PlainLosses.Softmax(raw, temperature)),
        "binary" or "multilabel" => temperature * temperature * raw.Select((value, s) => PlainLosses.BernoulliDivergence(teacher[s], value, temperature)).Average(),
        _ => raw.Select((value, s) => PlainLosses.Squared(value, teacher[s])).Average(),
    };

    private static void AssertRows(PredictionTask task, double[][] raw, torch.Tensor labels, double[] expected, double tolerance = Tolerance)
    {
        using torch.Tensor owned = labels;
        using IDisposable scope = torch.NewDisposeScope();
        AssertEqual(expected, task.GetRowLosses(Numbers(raw), new TaskTargets { Labels = labels }), tolerance);
    }

    private static void AssertEqual(double[] expected, torch.Tensor actual, double tolerance = Tolerance)
    {
        Assert.Equal([expected.Length], actual.shape);
        double[] values = actual.detach().data<double>().ToArray();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], values[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    private static torch.Tensor Numbers(IEnumerable<double[]> rows)
    {
        double[][] all = [.. rows];
        return torch.tensor([.. all.SelectMany(row => row)], [all.Length, all[0].Length]);
    }

    private static torch.Tensor Indices(int[] labels, int rows) =>
        torch.tensor([.. labels.Take(rows).Select(label => (long)label)], [rows], torch.ScalarType.Int64);
}
