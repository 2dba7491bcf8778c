using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Trainers;

/// <summary>The training that is to be taught.</summary>
/// <param name="Data">The training data.</param>
/// <param name="Rows">What was read of them, to learn from.</param>
/// <param name="HeldOut">The rows of the training data that were put aside to measure on; null where there are none.</param>
/// <param name="FeatureColumnName">The column of features.</param>
/// <param name="Tasks">The tasks.</param>
/// <param name="Labels">Per task, what is known of its label.</param>
/// <param name="Channel">Where the host listens.</param>
/// <param name="CancellationToken">What ends it.</param>
internal sealed record LessonRequest(
    IDataView Data,
    TabularData Rows,
    TabularData? HeldOut,
    string FeatureColumnName,
    IReadOnlyList<PredictionTask> Tasks,
    IReadOnlyList<LabelInfo> Labels,
    IChannel Channel,
    CancellationToken CancellationToken);
