using MlNetMultiTask.Interop;
using MlNetMultiTask.Networks;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Training;

/// <summary>
/// The gradients with respect to the network's tap, and to the shared parameters that do not lie below it, as one vector. The combination at the tap goes through the layers below it once.
/// </summary>
internal sealed class RepresentationGradients : SharedGradients
{
    private readonly MultiTaskNetwork _network;
    private readonly IReadOnlyList<Parameter>[] _own;
    private readonly BalancedGradients _option;
    private readonly bool[] _areChecked;
    private IReadOnlyList<Parameter> _below = [];
    private IReadOnlyList<Parameter> _above = [];
    private float[] _combined = [];
    private torch.Tensor? _tap;

    /// <param name="parameters">The parameters, and where their gradients go.</param>
    /// <param name="network">The network; not owned.</param>
    /// <param name="taskCount">The number of tasks.</param>
    /// <param name="option">What asks for these gradients, for messages.</param>
    public RepresentationGradients(FlatParameters parameters, MultiTaskNetwork network, int taskCount, BalancedGradients option)
        : base(parameters)
    {
        _option = option;
        _network = network;
        _own = [.. Enumerable.Range(0, taskCount).Select(network.GetTaskParameters)];
        _areChecked = new bool[taskCount];
    }

    /// <summary>What begins at 0, as gates of residual paths do, is no way around the tap yet: so it is looked for again.</summary>
    public override void BeginEpoch() => Array.Clear(_areChecked);

    public override double[,] Compute(NetworkOutputs outputs, IReadOnlyList<torch.Tensor?> losses, bool keepsGraph)
    {
        _tap = outputs.Tap!;
        CheckOnce(losses);
        ComputeRows(losses);
        return Rows.GetProducts();
    }

    public override void Combine(ReadOnlySpan<double> weights, bool keepsGraph)
    {
        torch.Tensor tap = _tap ?? throw new InvalidOperationException("The shared gradients have not been computed in this step.");
        int place = (int)tap.numel();
        Array.Resize(ref _combined, Math.Max(_combined.Length, place));
        Span<float> combined = _combined.AsSpan(0, place);
        Rows.Combine(weights, 0, combined);
        torch.Tensor gradient = torch.empty(tap.shape, dtype: torch.float32, device: torch.CPU);
        gradient.Write(combined);
        tap.backward([gradient], retain_graph: keepsGraph, inputs: [.. _below]);
        foreach (Parameter parameter in _above)
        {
            Span<float> own = Parameters.GetGradients(parameter);
            Rows.Combine(weights, place, own);
            place += own.Length;
        }
    }

    private void ComputeRows(IReadOnlyList<torch.Tensor?> losses)
    {
        torch.Tensor tap = _tap!;
        int length = (int)tap.numel();
        Parameters.GradientSpan.Clear();
        Rows.Begin(losses.Count, length + _above.Sum(parameter => Parameters.GetGradients(parameter).Length));
        for (int i = 0; i < losses.Count; i++)
        {
            if (losses[i] is not { } loss)
            {
                continue;
            }

            // Heads may have the first nodes above the tap in common, and the layers below it are still to come.
            tap.grad = null;
            Clear(_above);
            loss.backward(retain_graph: true, inputs: [tap, .. _own[i], .. _above]);
            Span<float> row = Rows.Fill(i);
            if (tap.grad is { } gradient)
            {
                gradient.contiguous().AsSpan().CopyTo(row);
            }
            else
            {
                row[..length].Clear();
            }

            int place = length;
            foreach (Parameter parameter in _above)
            {
                Span<float> own = Parameters.GetGradients(parameter);
                own.CopyTo(row[place..]);
                place += own.Length;
            }
        }
    }

    /// <summary>Finds out which of the shared parameters lie below the tap.</summary>
    private void Divide(torch.Tensor tap)
    {
        _below = tap.requires_grad ? Parameters.FindReached(_network.SharedParameters, () => tap.backward([torch.ones_like(tap)], retain_graph: true)) : [];
        _above = [.. _network.SharedParameters.Except(_below)];
        if (_below.Count == 0)
        {
            throw NotBehindTap("its tap does not depend on any shared parameter");
        }
    }

    /// <summary>Checks each task in its first batch of an epoch, which may come late.</summary>
    private void CheckOnce(IReadOnlyList<torch.Tensor?> losses)
    {
        if (_below.Count == 0)
        {
            Divide(_tap!);
        }

        if (!_network.MayBypassTap || !losses.Index().Any(loss => loss.Item is not null && !_areChecked[loss.Index]))
        {
            return;
        }

        Check(losses);
        foreach ((int task, torch.Tensor? loss) in losses.Index())
        {
            _areChecked[task] |= loss is not null;
        }
    }

    /// <summary>Networks of users may have ways around the tap: then the gradients would not be those of the losses.</summary>
    private void Check(IReadOnlyList<torch.Tensor?> losses)
    {
        const double Tolerance = 1e-3;
        ComputeRows(losses);
        Combine([.. losses.Select(_ => 1.0)], keepsGraph: true);
        float[] gradient = Parameters.GradientSpan.ToArray();
        Parameters.GradientSpan.Clear();
        foreach (torch.Tensor loss in losses.OfType<torch.Tensor>())
        {
            loss.backward(retain_graph: true);
        }

        ReadOnlySpan<float> expected = Parameters.GradientSpan;
        float largest = 0;
        float difference = 0;
        for (int i = 0; i < gradient.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs(expected[i] - gradient[i]));
        }

        if (difference > Tolerance * largest)
        {
            throw NotBehindTap("parameters that lie below its tap, or that are one task's own, take part in outputs by another way too");
        }
    }

    private ArgumentException NotBehindTap(string reason) => new(
        $"Option {nameof(MultiTaskTrainerOptions.BalancedGradients)}, which is {_option}{(_option == BalancedGradients.Automatic ? " (the gradients of the parameters would be very many)" : "")}, asks for the gradients of the last shared representation of the network {_network.Description.Kind}, and {reason}. Use BalancedGradients.OfParameters, or return as tap the one tensor of which all outputs are computed.");

    private void Clear(IReadOnlyList<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            Parameters.GetGradients(parameter).Clear();
        }
    }
}
