using MlNetMultiTask.Tasks;

namespace MlNetMultiTask.Models;

/// <summary>The arithmetic of <see cref="EnsembleCombiner"/>.</summary>
internal static class ScoreCombination
{
    public static void Mean(MemberScores members, Span<float> combined)
    {
        Span<float> values = stackalloc float[members.Scores.Count];
        for (int i = 0; i < combined.Length; i++)
        {
            Gather(members, i, values);
            combined[i] = members.Task.GetMeanScore(values);
        }
    }

    public static void Median(MemberScores members, Span<float> combined)
    {
        Span<float> values = stackalloc float[members.Scores.Count];
        int half = values.Length / 2;
        Range middle = values.Length % 2 == 1 ? half..(half + 1) : (half - 1)..(half + 1);
        for (int i = 0; i < combined.Length; i++)
        {
            Gather(members, i, values);
            values.Sort();
            combined[i] = members.Task.GetMeanScore(values[middle]);
        }

        if (members.Task.HasIndexTargets)
        {
            for (int start = 0; start < combined.Length; start += members.Width)
            {
                Normalize(combined.Slice(start, members.Width));
            }
        }
    }

    public static void Vote(MemberScores members, Span<float> combined)
    {
        if (members.Task.HasIndexTargets)
        {
            VoteForOne(members, combined);
        }
        else
        {
            VoteYesOrNo(members, combined);
        }
    }

    private static void VoteForOne(MemberScores members, Span<float> combined)
    {
        Mean(members, combined);
        int width = members.Width;
        for (int start = 0; start < combined.Length; start += width)
        {
            Span<float> row = combined.Slice(start, width);
            foreach (float[] scores in members.Scores)
            {
                row[TaskMath.IndexOfMaximum(scores.AsSpan(start, width))]++;
            }

            foreach (ref float value in row)
            {
                value /= members.Scores.Count + 1;
            }
        }
    }

    private static void VoteYesOrNo(MemberScores members, Span<float> combined)
    {
        int count = members.Scores.Count;
        for (int i = 0; i < combined.Length; i++)
        {
            int votes = 0;
            double mean = 0;
            double threshold = 0;
            for (int member = 0; member < count; member++)
            {
                float probability = members.Task.ToProbability(members.Scores[member][i]);
                float own = members.Thresholds[member][i % members.Width];
                votes += probability >= own ? 1 : 0;
                mean += (double)probability / count;
                threshold += (double)own / count;
            }

            combined[i] = members.Task.ToScore((votes + BringToHalf(mean, threshold)) / (count + 1));
        }
    }

    /// <summary>Moves a threshold to one half, and a probability with it; 0 and 1 stay.</summary>
    private static double BringToHalf(double probability, double threshold) =>
        probability < threshold ? 0.5 * probability / threshold
        : threshold < 1 ? 0.5 + (0.5 * (probability - threshold) / (1 - threshold))
        : 1;

    private static void Gather(MemberScores members, int index, Span<float> values)
    {
        for (int member = 0; member < values.Length; member++)
        {
            values[member] = members.Scores[member][index];
        }
    }

    private static void Normalize(Span<float> row)
    {
        double sum = 0;
        foreach (float value in row)
        {
            sum += value;
        }

        for (int i = 0; i < row.Length; i++)
        {
            // Medians can all be 0 where members contradict one another in everything.
            row[i] = sum > 0 ? (float)(row[i] / sum) : 1f / row.Length;
        }
    }
}
