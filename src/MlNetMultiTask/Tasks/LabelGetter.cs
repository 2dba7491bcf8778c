namespace MlNetMultiTask.Tasks;

/// <summary>Writes the current row's label into <paramref name="destination"/>; NaN where there is none.</summary>
internal delegate void LabelGetter(Span<float> destination);
