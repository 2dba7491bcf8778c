namespace MlNetMultiTask.Training;

/// <summary>The losses of a step.</summary>
/// <param name="Losses">Per task its reduced loss times its loss weight; 0 where it is absent.</param>
/// <param name="Present">Per task, whether the batch has a target for it and the task still learns.</param>
/// <param name="RowSums">Per task Σ w m l over the batch, without loss weight.</param>
/// <param name="RowWeights">Per task Σ w m over the batch.</param>
internal sealed record StepLosses(double[] Losses, bool[] Present, double[] RowSums, double[] RowWeights);
