using Microsoft.ML;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Collaboration;

/// <summary>Measures how far a student agrees with its teacher: both are asked about the same rows.</summary>
internal static class FidelityMeter
{
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student.</param>
    /// <param name="wanted">Per task of the student, whether it is compared; the teacher knows these.</param>
    /// <param name="data">The data; labels are not needed.</param>
    /// <param name="chooses">Whether a row of a number counts; null for all.</param>
    /// <param name="warn">Is told what the user should know.</param>
    /// <param name="cancellationToken">Ends the measuring.</param>
    /// <returns>The agreement in each task that is compared.</returns>
    /// <exception cref="ArgumentException">One of the two does not suit the data.</exception>
    public static IReadOnlyList<TaskFidelity> Measure(
        Teacher teacher, MultiTaskTransformer student, IReadOnlyList<bool> wanted, IDataView data, Func<long, bool>? chooses, Action<string> warn, CancellationToken cancellationToken)
    {
        IReadOnlyList<PredictionTask> tasks = student.Tasks;
        IReadOnlyList<LabelInfo> labels = student.Model.Labels;
        FidelityCounter?[] counters = [.. tasks.Select((task, i) => wanted[i] ? task.ReadScores(labels[i]).CreateCounter() : null)];
        using IEnumerator<AnswerChunk> theirs = new AnswerReader(teacher, tasks, labels, wanted).Read(data, warn, cancellationToken).GetEnumerator();
        using IEnumerator<AnswerChunk> ours = new AnswerReader(Teacher.From(student), tasks, labels, wanted).Read(data, warn, cancellationToken).GetEnumerator();
        while (true)
        {
            bool more = ours.MoveNext();
            if (theirs.MoveNext() != more || (more && theirs.Current.Count != ours.Current.Count))
            {
                throw new ArgumentException("The teacher gives another number of rows than the data have: answers can't be matched with rows. A teacher must keep the rows as they are; filter them before.");
            }

            if (!more)
            {
                return [.. counters.OfType<FidelityCounter>().Select(counter => counter.Finish())];
            }

            for (int i = 0; i < counters.Length; i++)
            {
                int width = labels[i].OutputCount;
                for (int row = 0; counters[i] is { } counter && row < ours.Current.Count; row++)
                {
                    if (chooses?.Invoke(ours.Current.FirstRow + row) != false)
                    {
                        counter.Add(theirs.Current.Values[i].AsSpan(row * width, width), ours.Current.Values[i].AsSpan(row * width, width));
                    }
                }
            }
        }
    }
}
