using Microsoft.ML.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>A network computes the heads of the tasks asked for, and no others.</summary>
public sealed class ActiveHeadsTests(ScoringModel shared) : IClassFixture<ScoringModel>
{
    [Fact]
    public void Heads_that_nobody_asked_for_are_not_computed()
    {
        var trained = (NetworkModel)shared.Model.Model;
        MultiTaskNetwork inner = NetworkKinds.Create(trained.Description);
        NetworkWeights.Import(inner, trained.ExportWeights());
        var network = new RecordingNetwork(inner);
        using var model = new MultiTaskTransformer(shared.ML, new NetworkModel(network, trained.FeatureColumnName, trained.Tasks, trained.Labels));

        float[] sizes = [.. model.Transform(shared.Data).GetColumn<float>("Size.Score")];
        float[][] tags = [.. model.Transform(shared.Data).GetColumn<float[]>("Tags.Score")];

        Assert.Equal(shared.Model.Transform(shared.Data).GetColumn<float>("Size.Score"), sizes);
        Assert.Equal(sizes.Length, tags.Length);
        Assert.Equal([(60, "Size"), (60, "Tags")], network.Passes.Select(pass => (pass.Rows, string.Join(' ', pass.Computed.Select(i => model.Tasks[i].Name)))));
    }

    private sealed class RecordingNetwork : MultiTaskNetwork
    {
        private readonly MultiTaskNetwork _inner;

        public RecordingNetwork(MultiTaskNetwork inner)
            : base(inner.Description)
        {
            _inner = inner;
            register_module("inner", inner);
        }

        public List<(int Rows, int[] Computed)> Passes { get; } = [];

        public override IReadOnlyList<Parameter> SharedParameters => _inner.SharedParameters;

        public override IReadOnlyList<Parameter> GetTaskParameters(int task) => _inner.GetTaskParameters(task);

        public override IEnumerable<NetworkLayer> DescribeLayers() => _inner.DescribeLayers();

        public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
        {
            NetworkOutputs outputs = _inner.Forward(features, active);
            Passes.Add(((int)features.shape[0], [.. Enumerable.Range(0, outputs.Raw.Count).Where(i => outputs.Raw[i] is not null)]));
            return outputs;
        }

        public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases) => _inner.Initialize(random, outputBiases);
    }
}
