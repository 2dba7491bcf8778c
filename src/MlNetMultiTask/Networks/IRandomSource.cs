namespace MlNetMultiTask.Networks;

/// <summary>Where networks take random numbers from: the session's own generator, never torch's global one.</summary>
internal interface IRandomSource
{
    /// <summary>Fills with numbers spread evenly between -<paramref name="bound"/> and +<paramref name="bound"/>.</summary>
    void FillUniform(Span<float> destination, float bound);

    /// <summary>Another source that goes on with the same numbers.</summary>
    IRandomSource Fork();

    /// <summary>Another source with numbers of its own, the same whatever has been drawn from this one.</summary>
    /// <param name="number">Which one, from 1: each has other numbers.</param>
    IRandomSource Branch(uint number);
}
