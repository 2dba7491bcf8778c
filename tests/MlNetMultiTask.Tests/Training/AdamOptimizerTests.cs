using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Adam on flat buffers, against the formulas of the paper; <see cref="OptimizerTests"/> has all optimizers against torch's own.</summary>
public sealed class AdamOptimizerTests
{
    private const int Count = 43;

    /// <summary>Kingma and Ba 2015, algorithm 1, in double precision; 20 steps of float32 rounding stay below 1e-6 of parameters of size 1.</summary>
    [Fact]
    public void Twenty_steps_are_those_of_the_paper()
    {
        float[] parameters = Start();
        FlatOptimizer optimizer = Create();
        double[] expected = [.. Start().Select(value => (double)value)];
        double[] m = new double[Count];
        double[] v = new double[Count];
        for (int step = 1; step <= 20; step++)
        {
            float[] gradient = Gradient(step);
            double rate = 0.01 / step;
            optimizer.Step(parameters, [.. gradient], rate);
            for (int i = 0; i < Count; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * gradient[i]);
                v[i] = (0.999 * v[i]) + (0.001 * gradient[i] * gradient[i]);
                expected[i] -= rate * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }

            Assert.All(expected.Zip(parameters), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }

        Assert.Equal(20, optimizer.StepCount);
    }

    [Fact]
    public void Parameters_without_gradients_stay_where_they_are()
    {
        float[] parameters = Start();
        FlatOptimizer optimizer = Create();
        optimizer.Step(parameters, new float[Count], 0.1);

        Assert.Equal(Start(), parameters);
    }

    private static FlatOptimizer Create() => Optimizer.Adam().Start(new float[Count]);

    private static float[] Start()
    {
        float[] values = new float[Count];
        new CounterRandom(1, 1).FillUniform(values, 1f);
        return values;
    }

    /// <summary>Gradients of very different sizes, from 1e-4 to 1e3.</summary>
    private static float[] Gradient(int step)
    {
        float[] values = new float[Count];
        new CounterRandom(2, 2, (uint)step).FillUniform(values, 1f);
        return [.. values.Select((value, i) => value * MathF.Pow(10, (i % 8) - 4))];
    }
}
