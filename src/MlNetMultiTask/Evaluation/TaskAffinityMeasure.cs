namespace MlNetMultiTask;

/// <summary>By what it is judged how tasks get on with one another.</summary>
public enum TaskAffinityMeasure
{
    /// <summary>What a step for one task does to the other's loss: <see cref="TaskAffinity.GetLookAhead"/> (Fifty et al. 2021).</summary>
    LookAhead,

    /// <summary>How far the tasks' gradients agree: <see cref="TaskAffinity.GetGradientCosine"/>.</summary>
    GradientCosine,

    /// <summary>How similar the last shared layers of networks for one task each are: <see cref="TaskAffinity.GetSimilarity"/>. It is never below 0, so that fewer networks always look better than more.</summary>
    Similarity,
}
