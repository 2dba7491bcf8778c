using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>How many of the drawn are marked, where some of all are marked and some are drawn without putting back.</summary>
internal static class Hypergeometric
{
    /// <summary>Draws a number by inversion, beginning at the most probable one and going outwards: a few deviations' steps.</summary>
    public static int Draw(int total, int marked, int drawn, double[] logFactorials, CounterRandom random)
    {
        int low = Math.Max(0, drawn - (total - marked));
        int high = Math.Min(drawn, marked);
        if (low == high)
        {
            return low;
        }

        int mode = Math.Clamp((int)((drawn + 1L) * (marked + 1L) / (total + 2L)), low, high);
        double p = Math.Exp(GetLogProbability(mode, total, marked, drawn, logFactorials));
        double rest = random.NextDouble() - p;
        (int up, int down) = (mode, mode);
        (double pUp, double pDown) = (p, p);
        while (rest >= 0 && (up < high || down > low))
        {
            if (up < high)
            {
                pUp *= (double)(marked - up) * (drawn - up) / ((up + 1.0) * (total - marked - drawn + up + 1.0));
                up++;
                rest -= pUp;
                if (rest < 0)
                {
                    return up;
                }
            }

            if (down > low)
            {
                pDown *= (double)down * (total - marked - drawn + down) / ((marked - down + 1.0) * (drawn - down + 1.0));
                down--;
                rest -= pDown;
                if (rest < 0)
                {
                    return down;
                }
            }
        }

        return mode;
    }

    public static double GetLogProbability(int number, int total, int marked, int drawn, double[] logFactorials) =>
        logFactorials[marked] - logFactorials[number] - logFactorials[marked - number]
        + logFactorials[total - marked] - logFactorials[drawn - number] - logFactorials[total - marked - drawn + number]
        - logFactorials[total] + logFactorials[drawn] + logFactorials[total - drawn];
}
