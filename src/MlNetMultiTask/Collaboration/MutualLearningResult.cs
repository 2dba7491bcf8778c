namespace MlNetMultiTask;

/// <summary>What becomes of networks that have learned from one another.</summary>
public enum MutualLearningResult
{
    /// <summary>
    /// The model is the network that is best on the validation data, by the figure that early stopping watches (<see cref="EarlyStoppingMonitor.RelativeLoss"/> unless the options say
    /// otherwise); without validation data, on the training rows. It costs no more to score with than a network that was trained alone.
    /// </summary>
    BestMember,

    /// <summary>The model is the ensemble of all networks.</summary>
    Ensemble,
}
