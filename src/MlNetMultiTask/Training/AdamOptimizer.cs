using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetMultiTask.Training;

/// <summary>Adam (Kingma and Ba 2015), and with decoupled decay AdamW (Loshchilov and Hutter 2019), in one pass over flat buffers.</summary>
internal sealed class AdamOptimizer(float[] decayed, double weightDecay, double beta1, double beta2, double epsilon, bool decoupled)
    : FlatOptimizer(decayed, weightDecay, momentCount: 2)
{
    protected override void Move(Span<float> parameters, Span<float> gradients, double learningRate)
    {
        if (decoupled)
        {
            Shrink(parameters, learningRate);
        }
        else
        {
            AddDecay(parameters, gradients);
        }

        // θ − rate/(1−β₁ᵗ) · m / (√(v/(1−β₂ᵗ)) + ε), with the correction of v taken out of the fraction.
        double correction = Math.Sqrt(1 - Math.Pow(beta2, StepCount));
        float rate = (float)(learningRate * correction / (1 - Math.Pow(beta1, StepCount)));
        float offset = (float)(epsilon * correction);
        Span<float> means = Moments[0];
        Span<float> squares = Moments[1];
        int done = MoveVectors(parameters, gradients, means, squares, rate, offset);
        for (int i = done; i < parameters.Length; i++)
        {
            float gradient = gradients[i];
            means[i] = ((float)beta1 * means[i]) + ((float)(1 - beta1) * gradient);
            squares[i] = ((float)beta2 * squares[i]) + ((float)(1 - beta2) * gradient * gradient);
            parameters[i] -= rate * means[i] / (MathF.Sqrt(squares[i]) + offset);
        }
    }

    /// <summary>The same for whole vectors; returns how many numbers they are.</summary>
    private int MoveVectors(Span<float> parameters, Span<float> gradients, Span<float> means, Span<float> squares, float rate, float offset)
    {
        Span<Vector<float>> p = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        Span<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        Span<Vector<float>> m = MemoryMarshal.Cast<float, Vector<float>>(means);
        Span<Vector<float>> v = MemoryMarshal.Cast<float, Vector<float>>(squares);
        Vector<float> keptMean = new((float)beta1);
        Vector<float> newMean = new((float)(1 - beta1));
        Vector<float> keptSquare = new((float)beta2);
        Vector<float> newSquare = new((float)(1 - beta2));
        Vector<float> rates = new(rate);
        Vector<float> offsets = new(offset);
        for (int i = 0; i < p.Length; i++)
        {
            Vector<float> gradient = g[i];
            Vector<float> mean = (keptMean * m[i]) + (newMean * gradient);
            Vector<float> square = (keptSquare * v[i]) + (newSquare * gradient * gradient);
            m[i] = mean;
            v[i] = square;
            p[i] -= rates * mean / (Vector.SquareRoot(square) + offsets);
        }

        return p.Length * Vector<float>.Count;
    }
}
