namespace MlNetMultiTask.Tests.Networks;

/// <summary>
/// A dense network with shared layers and heads, row by row in double precision and without torch: the oracle for
/// outputs and, by central differences, for gradients. Its parameters lie one behind the other: the shared layers, then
/// head after head, of each layer the weights [outputs x inputs] and the biases, each beginning at a multiple of the alignment.
/// </summary>
internal sealed class PlainNetwork(int featureCount, int[] shared, int[] head, int[] outputCounts, int alignment = 1)
{
    public double[][] Forward(double[] parameters, double[] features)
    {
        int offset = 0;
        double[] x = features;
        foreach (int width in shared)
        {
            x = Layer(parameters, ref offset, x, width, relu: true);
        }

        double[] trunk = x;
        double[][] outputs = new double[outputCounts.Length][];
        for (int task = 0; task < outputs.Length; task++)
        {
            x = trunk;
            foreach (int width in head)
            {
                x = Layer(parameters, ref offset, x, width, relu: true);
            }

            outputs[task] = Layer(parameters, ref offset, x, outputCounts[task], relu: false);
        }

        return outputs;
    }

    /// <summary>The number of parameters, counted layer by layer.</summary>
    public int Count()
    {
        int count = 0;
        int width = featureCount;
        foreach (int next in shared)
        {
            count += Align(next * width) + Align(next);
            width = next;
        }

        int trunk = width;
        foreach (int outputs in outputCounts)
        {
            width = trunk;
            foreach (int next in head.Append(outputs))
            {
                count += Align(next * width) + Align(next);
                width = next;
            }
        }

        return count;
    }

    /// <summary>
    /// The gradient of any function of the parameters, by central differences: with a step of 1e-6, the error of cutting off
    /// is about 1e-12 of third derivatives, and that of rounding about 1e-10 of the function.
    /// </summary>
    public static double[] Gradient(double[] parameters, Func<double[], double> function)
    {
        const double Step = 1e-6;
        double[] gradient = new double[parameters.Length];
        double[] moved = [.. parameters];
        for (int i = 0; i < gradient.Length; i++)
        {
            moved[i] = parameters[i] + Step;
            double above = function(moved);
            moved[i] = parameters[i] - Step;
            gradient[i] = (above - function(moved)) / (2 * Step);
            moved[i] = parameters[i];
        }

        return gradient;
    }

    private double[] Layer(double[] parameters, ref int offset, double[] x, int outputs, bool relu)
    {
        double[] y = new double[outputs];
        int biases = Align(offset + (outputs * x.Length));
        for (int o = 0; o < outputs; o++)
        {
            y[o] = parameters[biases + o];
            for (int i = 0; i < x.Length; i++)
            {
                y[o] += parameters[offset + (o * x.Length) + i] * x[i];
            }

            y[o] = relu ? Math.Max(0, y[o]) : y[o];
        }

        offset = Align(biases + outputs);
        return y;
    }

    private int Align(int place) => (place + alignment - 1) / alignment * alignment;
}
