namespace MlNetMultiTask.Training;

/// <summary>When and how far the learning rate falls where nothing improves.</summary>
/// <param name="Patience">The epochs without improvement after which it falls.</param>
/// <param name="Factor">By what it is multiplied then.</param>
/// <param name="MinimumFactor">Where it stops, as a share of the initial rate.</param>
internal sealed record PlateauRule(int Patience, double Factor, double MinimumFactor);
