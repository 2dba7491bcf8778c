namespace MlNetMultiTask.Trainers;

/// <summary>Makes a training learn from more than labels.</summary>
internal interface ITeaching
{
    /// <summary>Per task, whether it is taught; null where none is, and training is the plain one.</summary>
    IReadOnlyList<bool>? FindTaught(IReadOnlyList<PredictionTask> tasks);

    /// <summary>Prepares what is taught on rows that have been read. Several trainings may ask at the same time.</summary>
    /// <exception cref="ArgumentException">What teaches does not suit the data or the tasks.</exception>
    /// <exception cref="InvalidOperationException">What it says is of no use.</exception>
    ILesson Prepare(LessonRequest request);
}
