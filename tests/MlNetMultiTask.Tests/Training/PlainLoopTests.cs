using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Tests.Networks;
using MlNetMultiTask.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The engine against the loop that a user would write by hand with TorchSharp, from the same weights on the same batches: the network 784-128-64 with heads 32-10 and 32-5.</summary>
public sealed class PlainLoopTests
{
    private const int RowCount = 1024;
    private const int FeatureCount = 784;
    private const int Steps = 50;

    private static readonly int[] _classes = [10, 5];

    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    [InlineData(1024)]
    public void Losses_of_fifty_steps_are_the_same(int batchSize)
    {
        using IDisposable scope = torch.NewDisposeScope();
        PredictionTask[] tasks = [.. _classes.Select((_, i) => PredictionTask.MulticlassClassification($"Label{i}"))];
        LabelInfo[] infos = [.. _classes.Select(count => new LabelInfo { OutputCount = count, KeyType = typeof(uint) })];
        TabularData data = CreateRows();
        using MultiTaskNetwork network = NetworkKinds.Create(Descriptions.Hard(FeatureCount, _classes, [128, 64], [32]));
        network.Initialize(new CounterRandom(4, 1), [.. _classes.Select(count => new float[count])]);
        Dictionary<string, Parameter> plain = network.state_dict().ToDictionary(item => item.Key, item => new Parameter(item.Value.detach().clone()));
        using var source = new InMemoryBatchSource(data, new LabelTargets(data, tasks, infos));
        using var engine = new TorchEngine(network, tasks, source.LabelledShares);
        using torch.optim.Optimizer adam = torch.optim.Adam(plain.Values, 1e-3);
        var random = new CounterRandom(5, 1);
        int step = 0;
        while (step < Steps)
        {
            using IBatchReader reader = source.Open(batchSize, random.NextPermutation);
            while (step < Steps && reader.Read() is { } batch)
            {
                double ours = engine.ComputeLosses(batch).Losses.Sum();
                engine.Backward([1, 1]);
                engine.Update(1e-3);

                torch.Tensor[] losses = [.. _classes.Select((_, task) => torch.nn.functional.cross_entropy(Forward(plain, batch.Features, task), batch.Targets[task].Labels))];
                torch.Tensor loss = losses.Aggregate((sum, next) => sum + next);
                adam.zero_grad();
                loss.backward();
                adam.step();

                Assert.Equal(loss.item<float>(), ours, 1e-4);
                step++;
            }
        }
    }

    private static torch.Tensor Forward(Dictionary<string, Parameter> parameters, torch.Tensor features, int task)
    {
        torch.Tensor Layer(torch.Tensor x, string name) => torch.nn.functional.linear(x, parameters[name + ".weight"], parameters[name + ".bias"]);

        torch.Tensor shared = Layer(Layer(features, "shared.0").relu(), "shared.1").relu();
        return Layer(Layer(shared, $"head{task}.0").relu(), $"head{task}.1");
    }

    private static TabularData CreateRows()
    {
        var random = new CounterRandom(1, 1);
        float[] features = new float[RowCount * FeatureCount];
        random.FillUniform(features, 0.3f);
        float[][] labels = [.. _classes.Select(count => Enumerable.Range(0, RowCount).Select(_ => (float)random.NextBelow((uint)count)).ToArray())];
        for (int i = 0; i < features.Length; i++)
        {
            // Each class shows in some features of its own, as in a picture. Of labels that are noise, rounding errors would grow without end.
            int feature = i % FeatureCount;
            int task = feature % _classes.Length;
            features[i] += feature / _classes.Length % _classes[task] == (int)labels[task][i / FeatureCount] ? 0.5f : 0;
        }

        return new TabularData
        {
            RowCount = RowCount,
            FeatureCount = FeatureCount,
            Features = features,
            Labels = labels,
            LabelWidths = [.. _classes.Select(_ => 1)],
        };
    }
}
