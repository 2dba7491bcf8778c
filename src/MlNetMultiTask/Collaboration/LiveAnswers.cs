using System.IO.Hashing;
using MlNetMultiTask.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Collaboration;

/// <summary>Answers of a model of this library that is asked about each batch anew.</summary>
/// <param name="model">The teacher.</param>
/// <param name="tasks">The student's tasks.</param>
/// <param name="labels">Per task, what is known of its label.</param>
/// <param name="maps">Per task how the teacher's scores become its outputs; null for tasks that are not asked for.</param>
internal sealed class LiveAnswers(Model model, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels, IReadOnlyList<ScoreMap?> maps) : IAnswers
{
    private readonly int[] _places = [.. tasks.Select((task, i) => maps[i] is null ? -1 : model.Tasks.Index().First(own => own.Item.Name == task.Name).Index)];
    private readonly ForeignScores[] _scores = [.. tasks.Select((task, i) => task.ReadScores(labels[i]))];

    /// <summary>That of the model's file.</summary>
    public string Checksum
    {
        get
        {
            var entries = new ModelEntries();
            model.Save(entries, "");
            var hash = new XxHash3();
            foreach ((_, byte[] content) in entries.All)
            {
                hash.Append(content);
            }

            return Convert.ToHexString(hash.GetCurrentHash());
        }
    }

    public void Write(TabularData rows, ReadOnlySpan<long> chosen, ReadOnlySpan<float> features, IReadOnlyList<float[]?> values)
    {
        bool[] active = [.. model.Tasks.Select((_, i) => Array.IndexOf(_places, i) >= 0)];
        int count = chosen.Length;
        float[]?[] scored = [.. model.Labels.Select((label, i) => active[i] ? new float[count * label.OutputCount] : null)];
        try
        {
            model.Score(features.ToArray(), count, active, scored);
        }
        catch (ObjectDisposedException e)
        {
            throw Teacher.Gone(e);
        }

        for (int task = 0; task < tasks.Count; task++)
        {
            if (maps[task] is not { } map)
            {
                continue;
            }

            float[] source = scored[_places[task]]!;
            int width = labels[task].OutputCount;
            Span<float> outputs = values[task].AsSpan(0, count * width);
            for (int row = 0; row < count; row++)
            {
                map.Pick(source.AsSpan(row * map.SourceWidth, map.SourceWidth), outputs.Slice(row * width, width));
            }

            _scores[task].ToLogits(outputs, map.Scores);
            if (map.IsInverted)
            {
                foreach (ref float output in outputs)
                {
                    output = -output;
                }
            }
        }
    }
}
