using Microsoft.ML;
using MlNetMultiTask.Data;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Models;

/// <summary>A model that is one network over one feature column.</summary>
internal sealed class NetworkModel : Model
{
    public const string KindName = "Network";

    private readonly MultiTaskNetwork _network;
    private readonly SharedLifetime _lifetime;
    private readonly NetworkModel? _whole;
    private IReadOnlyList<Model>? _members;

    /// <param name="network">The trained network; owned by the model from now on.</param>
    /// <param name="featureColumnName">The column of features.</param>
    /// <param name="tasks">The tasks, in the order of the network's outputs.</param>
    /// <param name="labels">What training learned of each task's label.</param>
    public NetworkModel(MultiTaskNetwork network, string featureColumnName, IReadOnlyList<PredictionTask> tasks, IReadOnlyList<LabelInfo> labels)
        : base(tasks, labels)
    {
        _network = network;
        FeatureColumnName = featureColumnName;
        _network.eval();
        WorkBytesPerRow = RowMemory.GetBytes(network);
        foreach (TorchSharp.Modules.Parameter parameter in _network.parameters())
        {
            parameter.requires_grad_(false);
        }

        _lifetime = new SharedLifetime("MultiTaskTransformer", _network.Dispose);
    }

    /// <summary>A model of one member of a joint network: on its tensors, which stay its own.</summary>
    private NetworkModel(NetworkModel whole, MultiTaskNetwork member)
        : this(member, whole.FeatureColumnName, whole.Tasks, whole.Labels) => _whole = whole;

    public override string FeatureColumnName { get; }

    public override int FeatureCount => FeatureSlots?.FeatureCount ?? Description.FeatureCount;

    /// <summary>The slots of the feature column that the network sees; null for all.</summary>
    public FeatureSlots? FeatureSlots { get; init; }

    public NetworkDescription Description => _network.Description;

    public override long WorkBytesPerRow { get; }

    /// <summary>Of a network that is several: a model of each.</summary>
    public override IReadOnlyList<Model> Members => _members ??= _network is JointNetwork { Members.Count: > 1 } joint
        ? [.. joint.Members.Select((_, i) => new NetworkModel(this, joint.GetMember(i)) { FeatureSlots = FeatureSlots })]
        : [];

    public override void ThrowIfDisposed()
    {
        _lifetime.ThrowIfEnded();
        _whole?.ThrowIfDisposed();
    }

    public override IReadOnlyList<NetworkLayer> DescribeLayers()
    {
        using SharedLifetime.Reference reference = _lifetime.Acquire();
        using SharedLifetime.Reference? whole = _whole?._lifetime.Acquire();
        return [.. _network.DescribeLayers()];
    }

    public override void Save(ModelEntries entries, string prefix)
    {
        entries.Add(prefix + ModelManifest.EntryName, ModelManifest.Write(this));
        entries.Add(prefix + ModelManifest.WeightsEntryName, WeightsFile.Write(ExportWeights()));
        if (History is { } history)
        {
            entries.Add(prefix + ModelManifest.HistoryEntryName, HistoryJson.Write(history));
        }
    }

    /// <summary>The network's weights as plain floats.</summary>
    public IReadOnlyList<NamedTensor> ExportWeights()
    {
        using SharedLifetime.Reference reference = _lifetime.Acquire();
        using SharedLifetime.Reference? whole = _whole?._lifetime.Acquire();
        return NetworkWeights.Export(_network);
    }

    public override void Dispose()
    {
        _lifetime.End();
        foreach (Model member in _members ?? [])
        {
            member.Dispose();
        }
    }

    public override IReadOnlyList<CrossStitchUnit> GetCrossStitchUnits()
    {
        using SharedLifetime.Reference reference = _lifetime.Acquire();
        using SharedLifetime.Reference? whole = _whole?._lifetime.Acquire();
        return [.. _network.Mixtures.Select(mixture => CrossStitchUnit.Of(mixture, Tasks))];
    }

    public override ExpertUse? MeasureExpertUse(IDataView data)
    {
        var sums = new GateSums(_network.Gates);
        if (sums.Gates.Count > 0)
        {
            ExpertMeasurement.Run(this, data, sums);
        }

        return ExpertUse.Of(sums, Tasks);
    }

    /// <summary>Adds what the network's gates give its experts for a batch of rows [rows x F].</summary>
    public void CountGates(float[] features, int rowCount, GateSums sums) => Compute(features, rowCount, null, outputs => sums.Add(outputs.Gates));

    public override void Score(float[] features, int rowCount, IReadOnlyList<bool> active, float[]?[] scores) => Compute(features, rowCount, active, outputs =>
    {
        for (int i = 0; i < Tasks.Count; i++)
        {
            if (outputs.Raw[i] is { } raw)
            {
                Span<float> destination = scores[i].AsSpan(0, rowCount * Labels[i].OutputCount);
                torch.Tensor activated = Tasks[i].Activate(raw);
                activated.AsSpan().CopyTo(destination);
                GC.KeepAlive(activated);
                Tasks[i].Complete(destination, Labels[i]);
            }
        }
    });

    /// <summary>What the network's last shared layer gives for a batch of rows [rows x F], row by row; null where it has none.</summary>
    public float[]? GetRepresentation(float[] features, int rowCount)
    {
        float[]? representation = null;
        Compute(features, rowCount, null, outputs =>
        {
            using torch.Tensor? tap = outputs.Tap?.contiguous();
            representation = tap?.AsSpan().ToArray();
        });
        return representation;
    }

    private void Compute(float[] features, int rowCount, IReadOnlyList<bool>? active, Action<NetworkOutputs> use)
    {
        using SharedLifetime.Reference reference = _lifetime.Acquire();
        using SharedLifetime.Reference? whole = _whole?._lifetime.Acquire();
        using IDisposable inference = torch.inference_mode();
        using IDisposable scope = torch.NewDisposeScope();
        float[] seen = FeatureSlots?.Select(features, rowCount) ?? features;

        // Copied into memory of torch's: managed arrays lie anywhere, and matrix products round by alignment.
        torch.Tensor input = torch.empty(rowCount, Description.FeatureCount, dtype: torch.float32, device: torch.CPU);
        input.Write(seen.AsSpan(0, checked(rowCount * Description.FeatureCount)));
        use(_network.Forward(input, active));
    }
}
