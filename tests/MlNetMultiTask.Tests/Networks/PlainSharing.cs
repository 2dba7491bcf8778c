using MlNetMultiTask.Networks;
using TorchSharp;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>
/// Networks that share by units, gates and levels, row by row in double precision and without torch, from the written formulas of the papers: the oracle for outputs and, by central
/// differences, for gradients. Parameters have the names that files give them; hidden layers are dense, with the hyperbolic tangent.
/// </summary>
internal sealed class PlainSharing
{
    private readonly NetworkDescription _description;
    private readonly Dictionary<string, (int Start, int Outputs)> _places = [];

    public PlainSharing(MultiTaskNetwork network)
    {
        _description = network.Description;
        var values = new List<double>();
        using IDisposable scope = torch.NewDisposeScope();
        foreach ((string name, torch.Tensor tensor) in network.state_dict())
        {
            _places[name] = (values.Count, (int)tensor.shape[0]);
            values.AddRange(tensor.detach().contiguous().data<float>().ToArray().Select(value => (double)value));
        }

        Parameters = [.. values];
    }

    /// <summary>All parameters, in the order of the network's file.</summary>
    public double[] Parameters { get; }

    private int Tasks => _description.OutputCounts.Count;

    /// <summary>The gradient of a function of all parameters by central differences.</summary>
    public double[] Differentiate(Func<double[], double> function) => PlainNetwork.Gradient(Parameters, function);

    /// <summary>Per task the raw outputs of one row.</summary>
    public double[][] Forward(double[] p, double[] x) => _description.Kind switch
    {
        CrossStitchNetwork.KindName => Stitch(p, x),
        MixtureOfExpertsNetwork.KindName => Mix(p, x),
        _ => Extract(p, x),
    };

    /// <summary>E Σ f p of a mixture's gates over rows, with f taken from given parameters: it is no function of them.</summary>
    public double Imbalance(double[] p, double[] fixedAt, IReadOnlyList<double[]> rows)
    {
        int experts = Size("numberOfExperts", 1);
        int gates = _description.Sizes.ContainsKey("sharedGate") ? 1 : Tasks;
        int selected = Size("selectedExperts", experts);
        (int Gate, double[] Row)[] all = [.. Enumerable.Range(0, gates).SelectMany(gate => rows.Select(row => (gate, row)))];
        return experts * Enumerable.Range(0, experts).Sum(e =>
            all.Average(at => GateWeights(fixedAt, $"gate{at.Gate}", at.Row, selected)[e] > 0 ? 1.0 / selected : 0)
            * all.Average(at => GateWeights(p, $"gate{at.Gate}", at.Row, experts)[e]));
    }

    /// <summary>The softmax of the largest values of a gate; 0 elsewhere.</summary>
    public double[] GateWeights(double[] p, string name, double[] x, int selected)
    {
        double[] values = Dense(p, name + ".layer", x);
        double least = values.OrderDescending().ElementAt(selected - 1);
        double[] powers = [.. values.Select(value => value >= least ? Math.Exp(value) : 0)];
        return [.. powers.Select(power => power / powers.Sum())];
    }

    private double[][] Stitch(double[] p, double[] x)
    {
        double[][] states = [.. Enumerable.Range(0, Tasks).Select(_ => x)];
        for (int layer = 0; layer < _description.GetSizes("trunkLayers").Length; layer++)
        {
            double[][] own = [.. states.Select((state, task) => Hidden(p, $"trunk{task}.{layer}", state))];
            int unit = _places[$"unit{layer}"].Start;
            states = [.. own.Select((_, i) => own[0].Select((_, k) => Enumerable.Range(0, Tasks).Sum(j => p[unit + (i * Tasks) + j] * own[j][k])).ToArray())];
        }

        return [.. states.Select((state, task) => Head(p, task, state))];
    }

    private double[][] Mix(double[] p, double[] x)
    {
        int count = Size("numberOfExperts", 1);
        double[][] experts = [.. Enumerable.Range(0, count).Select(expert => Expert(p, $"expert{expert}", x))];
        return [.. Enumerable.Range(0, Tasks).Select(task =>
        {
            string gate = _description.Sizes.ContainsKey("sharedGate") ? "gate0" : $"gate{task}";
            return Head(p, task, Sum(GateWeights(p, gate, x, Size("selectedExperts", count)), experts));
        })];
    }

    private double[][] Extract(double[] p, double[] x)
    {
        int levels = Size("numberOfLevels", 1);
        double[][] states = [.. Enumerable.Range(0, Tasks).Select(_ => x)];
        double[] shared = x;
        for (int level = 0; level < levels; level++)
        {
            double[][] common = Experts($"level{level}.shared", Size("sharedExperts", 0), shared);
            double[][][] own = [.. states.Select((state, task) => Experts($"level{level}.task{task}", Size("taskExperts", 0), state))];
            double[] sharedInput = shared;
            if (common.Length > 0 && level < levels - 1)
            {
                double[][] all = [.. own.SelectMany(experts => experts), .. common];
                shared = Sum(GateWeights(p, $"level{level}.sharedgate", sharedInput, all.Length), all);
            }

            states = [.. states.Select((state, task) => Sum(GateWeights(p, $"level{level}.task{task}gate", state, own[task].Length + common.Length), [.. own[task], .. common]))];
        }

        return [.. states.Select((state, task) => Head(p, task, state))];

        double[][] Experts(string name, int count, double[] input) => [.. Enumerable.Range(0, count).Select(expert => Expert(p, $"{name}expert{expert}", input))];
    }

    private double[] Expert(double[] p, string name, double[] x) => _description.GetSizes("expertLayers").Index().Aggregate(x, (state, layer) => Hidden(p, $"{name}.{layer.Index}", state));

    private double[] Head(double[] p, int task, double[] x)
    {
        int hidden = _description.GetSizes("headLayers").Length;
        double[] last = Enumerable.Range(0, hidden).Aggregate(x, (state, layer) => Hidden(p, $"head{task}.{layer}", state));
        return Dense(p, $"head{task}.{hidden}", last);
    }

    private double[] Hidden(double[] p, string name, double[] x) => Array.ConvertAll(Dense(p, name, x), Math.Tanh);

    private double[] Dense(double[] p, string name, double[] x)
    {
        (int weight, int outputs) = _places[name + ".weight"];
        int bias = _places[name + ".bias"].Start;
        return [.. Enumerable.Range(0, outputs).Select(k => p[bias + k] + x.Select((value, i) => value * p[weight + (k * x.Length) + i]).Sum())];
    }

    private int Size(string name, int absent) => _description.Sizes.TryGetValue(name, out int[]? sizes) ? sizes[0] : absent;

    private static double[] Sum(double[] weights, double[][] vectors) => [.. vectors[0].Select((_, k) => vectors.Select((vector, i) => weights[i] * vector[k]).Sum())];
}
