namespace MlNetMultiTask;

/// <summary>When a teacher is asked what it says of the training rows.</summary>
public enum TeacherDelivery
{
    /// <summary>Once, where its answers fit into <see cref="DistillationOptions.MaximumStoredBytes"/>, as numbers of 32 or else of 16 bits; otherwise batch by batch, where that is possible.</summary>
    Automatic,

    /// <summary>Once, before training: its answers are kept in memory, as numbers of 32 or else of 16 bits.</summary>
    Once,

    /// <summary>
    /// Batch by batch in each epoch, so that nothing is kept. Possible where the teacher is a <see cref="MultiTaskTransformer"/> by itself, not in a chain, over the student's feature column.
    /// </summary>
    OnTheFly,
}
