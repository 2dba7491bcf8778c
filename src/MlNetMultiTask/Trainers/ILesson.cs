using MlNetMultiTask.Data;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Trainers;

/// <summary>What a training learns beside the labels of its rows.</summary>
internal interface ILesson
{
    /// <summary>Per task what is known of its label, completed by what only the lesson tells: the scale of a number without labels.</summary>
    IReadOnlyList<LabelInfo> Labels { get; }

    /// <summary>What the result depends on, as texts by name.</summary>
    IEnumerable<KeyValuePair<string, string>> DescribeSettings();

    /// <summary>The lesson's targets for rows of the data it was prepared for.</summary>
    ITargetSource CreateTargets(TabularData rows);
}
