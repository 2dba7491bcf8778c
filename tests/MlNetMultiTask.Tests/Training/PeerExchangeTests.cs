using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace MlNetMultiTask.Tests.Training;

/// <summary>What networks that learn together tell one another.</summary>
public sealed class PeerExchangeTests
{
    private const int RowCount = 9;

    [Theory]
    [InlineData(2, 1.0, false)]
    [InlineData(3, 1.0, true)]
    [InlineData(3, 0.25, true)]
    public void Gradients_are_those_of_the_written_formula(int count, double weight, bool rowWeights)
    {
        var rows = new TrainingRows(RowCount, weights: rowWeights);
        rows.Labels[0][2] = float.NaN;
        rows.Labels[2][4] = float.NaN;
        Array.Fill(rows.Labels[1], float.NaN, 1, RowCount - 1);
        using var learning = new Learning(rows, count, weight);
        using IDisposable scope = torch.NewDisposeScope();
        Batch batch = learning.Read();

        learning.Peers.Begin(batch);
        for (int k = 0; k < count; k++)
        {
            learning.Peers.Teach(k, batch);
            TorchEngine engine = learning.Engines[k];
            engine.ComputeLosses(batch);
            engine.Backward([1, 1, 1, 1, 1]);
            float[] ours = engine.Parameters.GradientSpan.ToArray();

            float[] formula = FormulaGradient(rows, k, count, weight);
            Assert.All(ours.Zip(formula), pair => Assert.Equal(pair.Second, pair.First, 2e-6f));
            Assert.Contains(ours, value => Math.Abs(value) > 1e-3);
        }
    }

    [Fact]
    public void No_gradient_flows_into_peers()
    {
        var rows = new TrainingRows(RowCount);
        using var learning = new Learning(rows, 2, 1);
        using IDisposable scope = torch.NewDisposeScope();
        Batch batch = learning.Read();
        learning.Peers.Begin(batch);
        learning.Peers.Teach(0, batch);
        learning.Engines[0].ComputeLosses(batch);
        learning.Engines[0].Backward([1, 1, 1, 1, 1]);

        Assert.All(learning.Engines[1].Parameters.GradientSpan.ToArray(), value => Assert.Equal(0f, value));
        Assert.All(batch.Targets, targets => Assert.All(targets.Peers!.Raw, raw => Assert.False(raw.requires_grad)));
    }

    [Fact]
    public void All_learn_from_what_peers_said_before_anyone_moved()
    {
        var rows = new TrainingRows(RowCount);
        using var there = new Learning(rows, 2, 1);
        using var back = new Learning(rows, 2, 1);
        Step(there, [0, 1]);
        Step(back, [1, 0]);

        Assert.Equal(there.Engines[0].ExportParameters(), back.Engines[0].ExportParameters());
        Assert.Equal(there.Engines[1].ExportParameters(), back.Engines[1].ExportParameters());

        static void Step(Learning learning, int[] order)
        {
            using IDisposable scope = torch.NewDisposeScope();
            Batch batch = learning.Read();
            learning.Peers.Begin(batch);
            foreach (int k in order)
            {
                learning.Learners[k].BeginEpoch(0, 1);
                learning.Peers.Teach(k, batch);
                learning.Learners[k].Step(batch, 1);
            }
        }
    }

    [Fact]
    public void Reported_losses_are_those_against_labels_and_the_objective_has_the_peers_too()
    {
        var rows = new TrainingRows(RowCount);
        using var learning = new Learning(rows, 2, 1);
        using IDisposable scope = torch.NewDisposeScope();
        Batch batch = learning.Read();
        StepLosses alone = learning.Engines[0].ComputeLosses(batch);
        learning.Peers.Begin(batch);
        learning.Peers.Teach(0, batch);
        StepLosses taught = learning.Engines[0].ComputeLosses(batch);

        Assert.Equal(alone.RowSums, taught.RowSums);
        Assert.All(taught.Losses.Zip(alone.Losses), pair => Assert.True(pair.First > pair.Second + 1e-4, $"{pair}"));
    }

    /// <summary>Lₖ = Σ over tasks of loss weight · (loss against labels + weight / (K−1) Σ over peers), written with torch's own functions, and its gradient by autograd.</summary>
    private static float[] FormulaGradient(TrainingRows rows, int k, int count, double weight)
    {
        MultiTaskNetwork[] networks = [.. Enumerable.Range(0, count).Select(i => rows.CreateNetwork((uint)i + 1))];
        torch.Tensor features = torch.tensor(rows.Features, [RowCount, TrainingRows.FeatureCount]);
        IReadOnlyList<torch.Tensor?>[] raw = [.. networks.Select(network => network.Forward(features).Raw)];
        torch.Tensor rowWeights = rows.Weights is null ? torch.ones(RowCount) : torch.tensor(rows.Weights);
        torch.Tensor total = torch.zeros(1);
        for (int task = 0; task < rows.Tasks.Length; task++)
        {
            int width = rows.Widths[task];
            torch.Tensor labels = torch.tensor(rows.Labels[task], [RowCount, width]);
            torch.Tensor own = raw[k][task]!;
            torch.Tensor known = labels.isnan().logical_not().to(torch.float32).mean([1]);
            torch.Tensor filled = torch.where(labels.isnan(), torch.zeros_like(labels), labels);
            torch.Tensor means = torch.tensor(rows.Infos[task].Means ?? [0]);
            torch.Tensor deviations = torch.tensor(rows.Infos[task].Deviations ?? [1]);
            torch.Tensor hard = task switch
            {
                0 => cross_entropy(own, filled.squeeze(1).to(torch.int64), reduction: torch.nn.Reduction.None),
                1 or 4 => binary_cross_entropy_with_logits(own, filled, reduction: torch.nn.Reduction.None).mean([1]),
                _ => (own - ((filled - means) / deviations)).Squared().mean([1]),
            };
            torch.Tensor share = known.mean();
            torch.Tensor objective = (hard * known * rowWeights).mean() / share;
            foreach (int j in Enumerable.Range(0, count).Where(j => j != k))
            {
                torch.Tensor other = raw[j][task]!.detach();
                torch.Tensor divergence = task switch
                {
                    0 => (softmax(other, 1) * (log_softmax(other, 1) - log_softmax(own, 1))).sum(1),
                    1 or 4 => Bernoulli(other.sigmoid(), own.sigmoid()).mean([1]),
                    _ => (own - other).Squared().mean([1]),
                };
                objective = objective.Plus((divergence * rowWeights).mean().Times(weight / (count - 1)));
            }

            total = total.Plus(objective.Times(rows.Tasks[task].LossWeight));
        }

        total.backward();
        var flat = new List<float>();
        foreach (TorchSharp.Modules.Parameter parameter in networks[k].SharedParameters.Concat(Enumerable.Range(0, rows.Tasks.Length).SelectMany(networks[k].GetTaskParameters)))
        {
            flat.AddRange(parameter.grad!.contiguous().AsSpan());
            while (flat.Count % (FlatBuffer.Alignment / sizeof(float)) != 0)
            {
                flat.Add(0);
            }
        }

        Array.ForEach(networks, network => network.Dispose());
        return [.. flat];

        torch.Tensor Bernoulli(torch.Tensor p, torch.Tensor q)
        {
            torch.Tensor one = torch.ones_like(p);
            return (p * (p.log() - q.log())).Plus((one - p) * ((one - p).log() - (one - q).log()));
        }
    }

    /// <summary>Networks that start differently, and what they learn from.</summary>
    private sealed class Learning : IDisposable
    {
        private readonly MultiTaskNetwork[] _networks;
        private readonly InMemoryBatchSource _source;

        public Learning(TrainingRows rows, int count, double weight)
        {
            _source = rows.OpenSource();
            _networks = [.. Enumerable.Range(0, count).Select(i => rows.CreateNetwork((uint)i + 1))];
            Engines = [.. _networks.Select(network => new TorchEngine(network, rows.Tasks, _source.LabelledShares) { ComputesAllRows = true })];
            var options = new HardParameterSharingOptions { Tasks = rows.Tasks, LearningRate = 0.1 };
            Learners = [.. Engines.Select(engine => new Learner(options, rows.Tasks, rows.CreateMetrics(), 1, engine))];
            Peers = new PeerExchange(rows.Tasks, rows.Infos, Learners, weight);
        }

        public TorchEngine[] Engines { get; }

        public Learner[] Learners { get; }

        public PeerExchange Peers { get; }

        public Batch Read()
        {
            using IBatchReader reader = _source.Open(RowCount, null);
            return reader.Read()!;
        }

        public void Dispose()
        {
            Array.ForEach(Learners, learner => learner.Dispose());
            Array.ForEach(_networks, network => network.Dispose());
            _source.Dispose();
        }
    }
}
