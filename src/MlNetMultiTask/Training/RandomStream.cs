namespace MlNetMultiTask.Training;

/// <summary>What a trainer's random numbers are for; each purpose has a stream of its own, so that none disturbs another.</summary>
internal enum RandomStream : uint
{
    /// <summary>First weights.</summary>
    Initialization = 1,

    /// <summary>The order of rows; the substream is the epoch.</summary>
    Shuffle = 2,

    /// <summary>Draws of balancing methods.</summary>
    Balancing = 3,

    /// <summary>What dropout drops; the substream is the epoch.</summary>
    Dropout = 4,

    /// <summary>Which rows become validation data.</summary>
    Validation = 5,

    /// <summary>Seeds of an ensemble's members.</summary>
    Members = 6,

    /// <summary>Rows drawn with replacement.</summary>
    Bootstrap = 7,

    /// <summary>The features that a member sees.</summary>
    FeatureSlots = 8,

    /// <summary>Labels that are permuted to see what chance does; the substream is the pair of labels.</summary>
    Permutations = 9,

    /// <summary>The folds of a cross-validation.</summary>
    Folds = 10,

    /// <summary>Seeds of the trainers that a comparison trains; the substream is the repeat.</summary>
    Comparison = 11,

    /// <summary>Which labels are kept where fewer are wanted; the substream is the division of the rows.</summary>
    LabelShares = 12,

    /// <summary>What measuring affinities draws: seeds of trainings; rows, in substream 1.</summary>
    Affinity = 13,
}
