using CsCheck;
using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>What holds of the similarity of any two representations, and the same by products of rows.</summary>
public sealed class LinearAlignmentTests
{
    private const double Rounding = 1e-4;

    /// <summary>Two representations of the same rows, of different widths, that are not all but the same in all rows; and an angle and a factor.</summary>
    private static readonly Gen<(float[][] X, float[][] Y, double Angle, double Factor)> _pairs =
        from rows in Gen.Int[3, 12]
        from widthOfX in Gen.Int[2, 5]
        from widthOfY in Gen.Int[1, 4]
        from x in Gen.Float[-10, 10].Array[widthOfX].Array[rows]
        from y in Gen.Float[-10, 10].Array[widthOfY].Array[rows]
        from angle in Gen.Double[0, 6]
        from factor in Gen.Double[0.01, 100]
        where IsVaried(x) && IsVaried(y)
        select (x, y, angle, factor);

    [Fact]
    public void It_is_from_0_to_1_and_symmetric_and_1_with_itself() => _pairs.Sample(pair =>
    {
        (LinearAlignment x, LinearAlignment y) = (Create(pair.X), Create(pair.Y));
        Assert.Equal(y.Compare(x), x.Compare(y), 1e-12);
        Assert.InRange(x.Compare(y), 0, 1);
        Assert.Equal(1, x.Compare(x), 1e-12);
    });

    [Fact]
    public void Rotations_and_factors_and_shifts_do_not_matter() => _pairs.Sample(pair =>
    {
        float[][] turned = [.. pair.X.Select(row => Turn(row, pair.Angle, pair.Factor))];
        (LinearAlignment x, LinearAlignment y, LinearAlignment other) = (Create(pair.X), Create(pair.Y), Create(turned));
        Assert.Equal(x.Compare(y), other.Compare(y), Rounding);
        Assert.Equal(1, x.Compare(other), Rounding);
    });

    [Fact]
    public void It_is_that_of_the_rows_products() => _pairs.Sample(pair =>
    {
        (double[,] k, double[,] l) = (Products(pair.X), Products(pair.Y));
        Assert.Equal(Sum(k, l) / Math.Sqrt(Sum(k, k) * Sum(l, l)), Create(pair.X).Compare(Create(pair.Y)), 1e-8);
    });

    [Fact]
    public void What_lies_across_is_not_similar()
    {
        float[][] x = [[1, 0], [-1, 0], [0, 0], [0, 0]];
        float[][] y = [[0], [0], [1], [-1]];

        Assert.Equal(0, Create(x).Compare(Create(y)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1f)]
    [InlineData(3e37f)]
    public void Nothing_can_be_told_of_a_constant(float value)
    {
        float[][] constant = [.. Enumerable.Repeat(new[] { value, -value }, 7)];
        float[][] x = [.. Enumerable.Range(0, 7).Select(i => new float[] { i, i % 3 })];

        Assert.True(Create(constant).IsConstant);
        Assert.False(Create(x).IsConstant);
        Assert.True(double.IsNaN(Create(constant).Compare(Create(x))));
        Assert.True(double.IsNaN(Create(x).Compare(Create(constant))));
        Assert.True(double.IsNaN(Create([]).Compare(Create([]))));
        Assert.True(double.IsNaN(Create([[1, 2]]).Compare(Create([[3]]))));
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e30f)]
    public void Very_small_and_very_large_numbers_are_compared(float factor)
    {
        float[][] x = [.. Enumerable.Range(0, 7).Select(i => new float[] { i, i % 3 })];

        Assert.Equal(1, Create([.. x.Select(row => row.Select(value => value * factor).ToArray())]).Compare(Create(x)), 1e-6);
    }

    [Fact]
    public void What_is_no_number_makes_none() =>
        Assert.True(double.IsNaN(Create([[1], [float.NaN], [3]]).Compare(Create([[1], [2], [3]]))));

    private static LinearAlignment Create(float[][] rows) => new(rows.SelectMany(row => row).ToArray(), rows.Length);

    /// <summary>Turns the first two columns, then all by a factor, then moves all.</summary>
    private static float[] Turn(float[] row, double angle, double factor)
    {
        (double sine, double cosine) = Math.SinCos(angle);
        double[] turned = [(cosine * row[0]) - (sine * row[1]), (sine * row[0]) + (cosine * row[1]), .. row.Skip(2)];
        return [.. turned.Select((value, i) => (float)(factor * (value + i + 1)))];
    }

    private static double[,] Products(float[][] rows)
    {
        double[] means = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Average(row => (double)row[column]))];
        double[][] centred = [.. rows.Select(row => row.Select((value, column) => value - means[column]).ToArray())];
        double[,] products = new double[rows.Length, rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows.Length; j++)
            {
                products[i, j] = centred[i].Zip(centred[j], (a, b) => a * b).Sum();
            }
        }

        return products;
    }

    private static double Sum(double[,] left, double[,] right) => left.Cast<double>().Zip(right.Cast<double>(), (a, b) => a * b).Sum();

    /// <summary>What is less varied is gone when it is turned and shifted in single precision.</summary>
    private static bool IsVaried(float[][] rows) => rows.Any(row => row.Zip(rows[0]).Any(pair => MathF.Abs(pair.First - pair.Second) > 0.1f));
}
