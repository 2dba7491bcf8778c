using System.Globalization;
using System.Text;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask;

/// <summary>How the gates of a mixture of experts use them, over some rows.</summary>
public sealed class ExpertUse
{
    internal ExpertUse(IReadOnlyList<ExpertGate> gates) => Gates = gates;

    /// <summary>The gates: level by level, those of the tasks in their order, and then, where there is one, the gate for all.</summary>
    public IReadOnlyList<ExpertGate> Gates { get; }

    /// <summary>
    /// The utilisation of each expert: its share of what all gates of its level give, in the mean over these. All experts of a level together have 1; an expert near 0 is used by nobody, and could be
    /// left out. Gates without rows are left out.
    /// </summary>
    /// <param name="level">The level of experts, from 1.</param>
    /// <returns>Per expert its utilisation; empty where there is no such level.</returns>
    public IReadOnlyDictionary<string, double> GetUtilization(int level = 1)
    {
        ExpertGate[] gates = [.. Gates.Where(gate => gate.Level == level && !double.IsNaN(gate.MeanWeights[0]))];
        var utilization = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (ExpertGate gate in gates)
        {
            for (int i = 0; i < gate.Experts.Count; i++)
            {
                string expert = NameOf(gate, gate.Experts[i]);
                utilization[expert] = utilization.GetValueOrDefault(expert) + (gate.MeanWeights[i] / gates.Length);
            }
        }

        return utilization;
    }

    /// <summary>Returns a line for each gate, with the mean weights of its experts.</summary>
    /// <returns>For example <c>level 1, Species: shared 1 0.61, shared 2 0.39</c>.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (ExpertGate gate in Gates)
        {
            text.Append(text.Length > 0 ? Environment.NewLine : "");
            text.Append(CultureInfo.InvariantCulture, $"{NameOf(gate, "level")} {gate.Level}, {gate.Task ?? "all tasks"}: ");
            text.AppendJoin(", ", gate.Experts.Select((expert, i) => string.Create(CultureInfo.InvariantCulture, $"{expert} {gate.MeanWeights[i]:0.00}")));
        }

        return text.ToString();
    }

    /// <summary>The use that has been summed; null for a network without gates.</summary>
    internal static ExpertUse? Of(GateSums sums, IReadOnlyList<PredictionTask> tasks)
    {
        // A name that no task has: else a task's own expert could have the name of a shared one.
        string shared = "shared";
        while (tasks.Any(task => task.Name == shared))
        {
            shared = $"({shared})";
        }

        return sums.Gates.Count == 0 ? null : new ExpertUse(
        [
            .. sums.Gates.Select((gate, i) => new ExpertGate
            {
                Level = gate.Level,
                Task = gate.Task is { } task ? tasks[task].Name : null,
                Network = gate.Network,
                Experts = [.. gate.Experts.Select(expert => string.Create(CultureInfo.InvariantCulture, $"{(expert.Task is { } owner ? tasks[owner].Name : shared)} {expert.Number}"))],
                MeanWeights = sums.GetMeanWeights(i),
                SelectedShares = sums.GetSelectedShares(i),
            }),
        ]);
    }

    private static string NameOf(ExpertGate gate, string part) => gate.Network == 0 ? part : string.Create(CultureInfo.InvariantCulture, $"network {gate.Network}, {part}");
}
