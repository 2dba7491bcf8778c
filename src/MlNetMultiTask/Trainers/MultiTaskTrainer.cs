using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetMultiTask.Interop;
using MlNetMultiTask.Trainers;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>
/// The base of all trainers: an ML.NET estimator that learns several tasks from one feature column and produces a
/// <see cref="MultiTaskTransformer"/>.
/// </summary>
/// <remarks>
/// The trainer draws its seed from the <see cref="MLContext"/> when it is constructed, unless <see cref="MultiTaskTrainerOptions.Seed"/> is given: fitting twice gives the same model,
/// bit by bit, on the same machine, data and number of threads.
/// </remarks>
public abstract class MultiTaskTrainer : IEstimator<MultiTaskTransformer>
{
    private protected MultiTaskTrainer(IHostEnvironment environment, IReadOnlyList<PredictionTask> tasks, ulong? seed, TrainerVariation? variation)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Environment = environment;
        Host = environment.Register(GetType().Name);
        Seed = variation?.Seed ?? seed ?? (((ulong)(uint)Host.Rand.Next() << 32) | (uint)Host.Rand.Next());
        Tasks = [.. variation?.Tasks ?? tasks];
    }

    /// <summary>The tasks that the trainer learns.</summary>
    public IReadOnlyList<PredictionTask> Tasks { get; }

    /// <summary>The column of features.</summary>
    internal abstract string FeatureColumnName { get; }

    /// <summary>How training is watched, kept and ended.</summary>
    internal abstract TrainingRun Run { get; }

    /// <summary>Whether the options say that it, or a part of it, goes on from a model.</summary>
    internal virtual bool GoesOn => Run.InitialModel is not null;

    /// <summary>Whether it, or a part of it, keeps tasks apart in groups.</summary>
    internal virtual bool HasGroups => false;

    /// <summary>Where the trainer was made.</summary>
    internal IHostEnvironment Environment { get; }

    /// <summary>Where it tells what it does.</summary>
    internal IHost Host { get; }

    /// <summary>The seed of all random numbers.</summary>
    internal ulong Seed { get; }

    /// <summary>The seed with which a variation of this trainer is this trainer; null for one that finds it in its own options.</summary>
    internal virtual ulong? SeedOfVariations => Seed;

    /// <summary>Returns the shape of the output, and checks the input's shape.</summary>
    /// <param name="inputSchema">The shape of the data that training will see.</param>
    /// <returns>The input's columns, and the output columns of every task.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type; the message says what was found and what helps.</exception>
    public abstract SchemaShape GetOutputSchema(SchemaShape inputSchema);

    /// <summary>Trains on the data.</summary>
    /// <param name="input">The training data.</param>
    /// <returns>The fitted model; dispose it when it is no longer needed.</returns>
    /// <exception cref="ArgumentException">A column is missing, of a wrong type, or holds values that training can't use.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="IOException">The folder of the checkpoints can't be used.</exception>
    /// <exception cref="FormatException">There are checkpoints to go on from, and all of them are damaged.</exception>
    /// <exception cref="TorchUnavailableException">TorchSharp's native libraries can't be loaded.</exception>
    public MultiTaskTransformer Fit(IDataView input) => Fit(input, null);

    /// <summary>Trains on the data, and measures the losses on other data after each epoch.</summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="validationData">Data of the same columns to measure on; null for those that the options put aside, if any. Classes are matched by name.</param>
    /// <param name="initialModel">
    /// A model to go on from; null for that of the options, if any: a <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one. It must have the
    /// same tasks, features and layers; its classes are matched by name, and its standardisation of regression labels stays.
    /// </param>
    /// <returns>The fitted model; dispose it when it is no longer needed. The initial model is left as it is.</returns>
    /// <exception cref="ArgumentException">A column is missing, of a wrong type, or holds values that training can't use; or the initial model does not fit.</exception>
    /// <exception cref="InvalidOperationException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    /// <exception cref="TorchUnavailableException">TorchSharp's native libraries can't be loaded.</exception>
    public MultiTaskTransformer Fit(IDataView trainData, IDataView? validationData, ITransformer? initialModel = null)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        TorchRuntime.EnsureLoaded();
        return Train(trainData, validationData, initialModel);
    }

    /// <summary>The trainer of the network that learns a task; others than the trainer's own tasks are none of its.</summary>
    internal virtual MultiTaskTrainer FindLearner(string task) => this;

    /// <summary>How many steps an epoch takes.</summary>
    /// <param name="labelledRows">The rows that have a label for one of the tasks.</param>
    /// <param name="rows">All rows.</param>
    internal abstract long CountStepsOfEpoch(long labelledRows, long rows);

    /// <summary>Does what <see cref="Fit(IDataView, IDataView?, ITransformer?)"/> says.</summary>
    internal abstract MultiTaskTransformer Train(IDataView trainData, IDataView? validationData, ITransformer? initialModel);

    /// <summary>A trainer with the same options, but for what varies: for ensembles and single-task twins.</summary>
    internal abstract MultiTaskTrainer With(TrainerVariation variation);
}
