using MlNetMultiTask.Training;

namespace MlNetMultiTask.Evaluation;

/// <summary>How many of the drawn are marked, where some of all are marked and some are drawn without putting back.</summary>
internal static class Hypergeometric
{
    /// <summary>From this variance on, steps from the most probable number take longer than trying whole numbers.</summary>
    private const double ManySteps = 100;

    public static int Draw(int total, int marked, int drawn, double[] logFactorials, CounterRandom random)
    {
        int low = Math.Max(0, drawn - (total - marked));
        int high = Math.Min(drawn, marked);
        return low == high ? low
            : GetVariance(total, marked, drawn) > ManySteps ? DrawByTrial(total, marked, drawn, logFactorials, random)
            : DrawByInversion(total, marked, drawn, low, high, logFactorials, random);
    }

    public static double GetLogProbability(int number, int total, int marked, int drawn, double[] logFactorials) =>
        logFactorials[marked] - logFactorials[number] - logFactorials[marked - number]
        + logFactorials[total - marked] - logFactorials[drawn - number] - logFactorials[total - marked - drawn + number]
        - logFactorials[total] + logFactorials[drawn] + logFactorials[total - drawn];

    private static double GetVariance(double total, double marked, double drawn) => drawn * marked / total * (total - marked) / total * (total - drawn) / (total - 1);

    private static int GetMode(int total, int marked, int drawn) => (int)((drawn + 1L) * (marked + 1L) / (total + 2L));

    /// <summary>Begins at the most probable number and goes outwards, until the probabilities add up to a random number.</summary>
    private static int DrawByInversion(int total, int marked, int drawn, int low, int high, double[] logFactorials, CounterRandom random)
    {
        int mode = Math.Clamp(GetMode(total, marked, drawn), low, high);
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

    /// <summary>The ratio of uniforms, HRUA* of Stadlober (1989): a try or two, however large the numbers.</summary>
    private static int DrawByTrial(int total, int marked, int drawn, double[] logFactorials, CounterRandom random)
    {
        const double WidthFactor = 1.7155277699214135; // 2 √(2/e)
        const double WidthOffset = 0.8989161620588988; // 3 − 2 √(3/e)
        int fewer = Math.Min(marked, total - marked);
        int others = total - fewer;
        int taken = Math.Min(drawn, total - drawn);
        double center = ((double)taken * fewer / total) + 0.5;
        double width = (WidthFactor * Math.Sqrt(GetVariance(total, fewer, taken) + 0.5)) + WidthOffset;
        double atMode = GetTerms(GetMode(total, fewer, taken));
        int end = Math.Min(taken, fewer) + 1;
        while (true)
        {
            double x = 1 - random.NextDouble();
            double place = center + (width * (random.NextDouble() - 0.5) / x);
            if (place < 0 || place >= end)
            {
                continue;
            }

            int number = (int)place;
            if (2 * Math.Log(x) <= atMode - GetTerms(number))
            {
                // Counted of the smaller part, in the smaller sample: back to what was asked.
                number = fewer < marked ? taken - number : number;
                return taken < drawn ? marked - number : number;
            }
        }

        double GetTerms(int number) =>
            logFactorials[number] + logFactorials[fewer - number] + logFactorials[taken - number] + logFactorials[others - taken + number];
    }
}
