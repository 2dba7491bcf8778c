namespace MlNetMultiTask.Tasks;

/// <summary>Counts, row by row, how far a student agrees with its teacher on a task. Labels play no part.</summary>
internal abstract class FidelityCounter
{
    /// <summary>Takes a row.</summary>
    /// <param name="teacher">The teacher's logits or numbers [K]; NaN where it does not know an output.</param>
    /// <param name="student">The student's.</param>
    public abstract void Add(ReadOnlySpan<float> teacher, ReadOnlySpan<float> student);

    /// <summary>The agreement over the rows taken.</summary>
    public abstract TaskFidelity Finish();
}
