using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The tasks' gradients against finite differences of the plain network in double precision.</summary>
public sealed class GradientOracleTests
{
    [Theory]
    [InlineData(BalancedGradients.OfParameters)]
    [InlineData(BalancedGradients.OfRepresentation)]
    public void Each_tasks_shared_gradient_is_that_of_finite_differences(BalancedGradients mode)
    {
        TrainingRows rows = GradientStep.CreateRows();
        using var step = new GradientStep(rows, rows.CreateNetwork(), mode);
        double[] parameters = [.. step.Engine.Export().Parameters.Select(value => (double)value)];
        for (int task = 0; task < 5; task++)
        {
            double[] expected = PlainNetwork.Gradient(parameters, moved => rows.Tasks[task].LossWeight * rows.MeanLoss(moved, task))[..step.SharedCount];
            step.Renew();
            step.Engine.ComputeSharedGramian(keepsGraph: false);
            step.Engine.CombineSharedGradients([.. Enumerable.Range(0, 5).Select(other => other == task ? 1.0 : 0)]);
            double scale = expected.Max(Math.Abs);

            Assert.True(scale > 1e-3);
            Assert.All(expected.Zip(step.Gradients), pair => Assert.Equal(pair.First, pair.Second, 5e-6 * scale));
        }
    }

    [Fact]
    public void The_products_at_the_tap_are_those_of_finite_differences_there()
    {
        var rows = new TrainingRows(7);
        using var step = new GradientStep(rows, rows.CreateNetwork(), BalancedGradients.OfRepresentation);
        NetworkOutputs outputs = step.Network.Forward(step.Batch.Features);
        double[] tap = [.. outputs.Tap!.data<float>().ToArray().Select(value => (double)value)];
        int width = tap.Length / rows.RowCount;
        double[] heads = [.. step.Engine.Export().Parameters.Skip(step.SharedCount).Select(value => (double)value)];
        var plain = new PlainNetwork(width, [], [3], [.. rows.Infos.Select(info => info.OutputCount)], alignment: FlatBuffer.Alignment / sizeof(float));
        double[][] jacobian = [.. Enumerable.Range(0, 5).Select(task => PlainNetwork.Gradient(tap, moved =>
            rows.Tasks[task].LossWeight * moved.Chunk(width).Select((row, i) => rows.RowLoss(plain.Forward(heads, row)[task], i, task)).Average()))];
        double[,] gramian = step.Engine.ComputeSharedGramian(keepsGraph: false);

        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                double size = Math.Sqrt(jacobian[i].Sum(a => a * a) * jacobian[j].Sum(b => b * b));
                Assert.True(size > 0);
                Assert.Equal(jacobian[i].Zip(jacobian[j], (a, b) => a * b).Sum(), gramian[i, j], 5e-6 * size);
            }
        }
    }
}
