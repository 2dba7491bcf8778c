using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask.Training;

/// <summary>
/// Executes training steps. A step is: the losses of a batch; then a backward pass with given task weights, or
/// the Gramian of the shared gradients and their weighted combination; then the update.
/// </summary>
internal interface ITrainingEngine : IDisposable
{
    /// <summary>The network's kind, for messages.</summary>
    string NetworkKind { get; }

    /// <summary>Whether several tasks share parameters, so that gradients can be balanced.</summary>
    bool HasSharedParameters { get; }

    /// <summary>Whether all parameters are finite numbers.</summary>
    bool HasFiniteParameters { get; }

    /// <summary>How far apart the parameters are that the network's penalty keeps close; null where it has none.</summary>
    double? ParameterDistance { get; }

    /// <summary>Begins an epoch: what is random in the network then depends on this seed alone.</summary>
    void BeginEpoch(ulong seed);

    /// <summary>The number of parameters, as <see cref="ExportParameters"/> gives them.</summary>
    int ParameterCount { get; }

    /// <summary>Per task the raw outputs [B, K] of the batch that was computed last; null where a task was left out.</summary>
    IReadOnlyList<torch.Tensor?> Outputs { get; }

    /// <summary>How many rows are measured at once; fewer where a row takes much memory.</summary>
    int RowsMeasuredAtOnce { get; }

    /// <summary>The gates of the network; none in most.</summary>
    IReadOnlyList<GateDescription> Gates { get; }

    /// <summary>Per gate what it gave the experts [B, E] in the batch for which losses were computed last; null for a gate that was not asked.</summary>
    IReadOnlyList<torch.Tensor?> GateWeights { get; }

    /// <summary>Computes the outputs of a batch ahead of its losses.</summary>
    void Predict(Batch batch);

    /// <summary>Computes the tasks' losses of a batch: reduced, and multiplied by the tasks' loss weights. Outputs that have just been predicted are used, once.</summary>
    StepLosses ComputeLosses(Batch batch);

    /// <summary>Computes the gradient of the sum of losses with these weights, and of the network's penalty.</summary>
    void Backward(ReadOnlySpan<double> weights);

    /// <summary>Computes the norm of each task's gradient with respect to the last shared layer; 0 where a task is absent. Other passes may follow.</summary>
    double[] ComputeNorms();

    /// <summary>Computes each task's gradient of what the tasks share, and returns their inner products [T, T]; the tasks' own parameters get their gradients.</summary>
    /// <param name="keepsGraph">Whether <see cref="Backward"/> follows, instead of <see cref="CombineSharedGradients"/>.</param>
    /// <exception cref="ArgumentException">The gradients that the options ask for are not there in this network.</exception>
    double[,] ComputeSharedGramian(bool keepsGraph);

    /// <summary>Combines the shared gradients with these weights, and adds the penalty's gradient. Follows <see cref="ComputeSharedGramian"/>.</summary>
    void CombineSharedGradients(ReadOnlySpan<double> weights);

    /// <summary>Moves the parameters.</summary>
    void Update(double learningRate);

    /// <summary>Computes the losses of the batch once more, after an update; all else that the engine tells stays that of the step.</summary>
    IReadOnlyList<double> ComputeLossesAfterUpdate(Batch batch);

    /// <summary>Tells what a plain step of the shared parameters for one task alone would do to the losses of all, before loss weights, with the masks of the step. Everything is left as it was, bit by bit: the parameters, and a gradient that has been computed.</summary>
    /// <param name="batch">The batch for which losses were computed last.</param>
    /// <param name="tasks">The tasks that take part; each has a target in the batch.</param>
    /// <param name="learningRate">The size of the step.</param>
    /// <returns>The shares of their losses that they would lose [T, T], a row for each task that moves the parameters; of no meaning for other tasks, and not finite where they can't be computed.</returns>
    double[,] LookAhead(Batch batch, IReadOnlyList<int> tasks, double learningRate);

    /// <summary>Adds a batch's losses, without gradients, to sums over rows: per task Σ w m l and Σ w m.</summary>
    void Measure(Batch batch, double[] lossSums, double[] weightSums);

    /// <summary>Adds the raw outputs of the batch for which losses were computed last to the tasks' metrics.</summary>
    void Observe(Batch batch, IReadOnlyList<RunningMetric> metrics);

    /// <summary>The parameters as plain numbers.</summary>
    float[] ExportParameters();

    /// <summary>Restores what <see cref="ExportParameters"/> gave.</summary>
    void ImportParameters(float[] parameters);

    /// <summary>Sets a task's own parameters to those of an earlier <see cref="ExportParameters"/>, and keeps them there; the task's weight must be 0 from now on.</summary>
    void Freeze(int task, float[] parameters);

    /// <summary>Parameters and optimizer as plain numbers.</summary>
    EngineState Export();

    /// <summary>Restores what <see cref="Export"/> gave.</summary>
    /// <exception cref="FormatException">The state is not one of this network.</exception>
    void Import(EngineState state);
}
