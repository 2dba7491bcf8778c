using System.Globalization;
using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Trainers;

namespace MlNetMultiTask.Collaboration;

/// <summary>What a teacher says, for one training.</summary>
/// <param name="answers">The answers.</param>
/// <param name="tasks">The tasks.</param>
/// <param name="labels">Per task, what is known of its label.</param>
/// <param name="settings">Per task its temperature and what labels weigh; null for tasks that are not taught.</param>
/// <param name="featureCount">How many features the answers need; null where they are kept.</param>
internal sealed class Lesson(
    IAnswers answers, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, IReadOnlyList<(float Temperature, float HardLabelWeight)?> settings, int? featureCount) : ILesson
{
    public IReadOnlyList<LabelInfo> Labels => labels;

    public IEnumerable<KeyValuePair<string, string>> DescribeSettings() =>
    [
        new("teacher's answers", answers.Checksum),
        .. tasks.Zip(settings).Where(pair => pair.Second is not null).Select(pair => new KeyValuePair<string, string>(
            $"temperature and hard label weight of task '{pair.First.Name}'", string.Create(CultureInfo.InvariantCulture, $"{pair.Second!.Value.Temperature}, {pair.Second.Value.HardLabelWeight}"))),
    ];

    public ITargetSource CreateTargets(TabularData rows) =>
        featureCount is null || featureCount == rows.FeatureCount
            ? new LessonTargets(answers, rows, tasks, labels, settings)
            : throw new ArgumentException($"The teacher is asked batch by batch, needs {featureCount} features, and the student sees {rows.FeatureCount} of them (FeatureFraction). Use TeacherDelivery.Once, with a MaximumStoredBytes that is large enough.");
}
