namespace MlNetMultiTask.Tests.Quality;

/// <summary>Trainings that set torch's number of threads, which the whole process shares: nothing runs beside them.</summary>
[CollectionDefinition(nameof(QualityGroup), DisableParallelization = true)]
public sealed class QualityGroup;
