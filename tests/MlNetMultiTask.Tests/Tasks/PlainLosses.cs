namespace MlNetMultiTask.Tests.Tasks;

/// <summary>The losses as they stand in textbooks, in double precision and without torch: what the library's are held to.</summary>
internal static class PlainLosses
{
    public static double[] Softmax(double[] raw, double temperature = 1)
    {
        double[] powers = [.. raw.Select(value => Math.Exp(value / temperature))];
        return [.. powers.Select(power => power / powers.Sum())];
    }

    public static double Sigmoid(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    public static double CrossEntropy(double[] raw, int label) => -Math.Log(Softmax(raw)[label]);

    public static double Logistic(double logOdds, double label) =>
        label == 1 ? -Math.Log(Sigmoid(logOdds)) : -Math.Log(Sigmoid(-logOdds));

    public static double Squared(double raw, double label) => (raw - label) * (raw - label);

    /// <summary>Σ p log(p / q), with p the teacher's.</summary>
    public static double Divergence(double[] teacher, double[] student) =>
        teacher.Zip(student, (p, q) => p * Math.Log(p / q)).Sum();

    public static double BernoulliDivergence(double teacherLogOdds, double studentLogOdds, double temperature)
    {
        // 1 - Sigmoid(x) would lose the digits that count where x is large.
        double yes = teacherLogOdds / temperature;
        double ours = studentLogOdds / temperature;
        return Divergence([Sigmoid(yes), Sigmoid(-yes)], [Sigmoid(ours), Sigmoid(-ours)]);
    }
}
