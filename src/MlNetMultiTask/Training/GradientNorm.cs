namespace MlNetMultiTask.Training;

/// <summary>The length of a gradient.</summary>
internal static class GradientNorm
{
    /// <summary>The Euclidean norm.</summary>
    public static double Of(ReadOnlySpan<float> gradients)
    {
        double squares = 0;
        foreach (float value in gradients)
        {
            squares += (double)value * value;
        }

        return Math.Sqrt(squares);
    }

    /// <summary>Shortens a gradient that is longer than this. A length that is not a number changes nothing here: the next loss tells.</summary>
    public static void CutTo(double maximum, Span<float> gradients)
    {
        double norm = Of(gradients);
        if (norm > maximum)
        {
            float factor = (float)(maximum / norm);
            foreach (ref float value in gradients)
            {
                value *= factor;
            }
        }
    }
}
