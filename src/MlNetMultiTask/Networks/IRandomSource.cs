namespace MlNetMultiTask.Networks;

/// <summary>Where networks take random numbers from: the session's own generator, never torch's global one.</summary>
internal interface IRandomSource
{
    /// <summary>Fills with numbers spread evenly between -<paramref name="bound"/> and +<paramref name="bound"/>.</summary>
    void FillUniform(Span<float> destination, float bound);

    /// <summary>Another source that goes on with the same numbers.</summary>
    IRandomSource Fork();
}
