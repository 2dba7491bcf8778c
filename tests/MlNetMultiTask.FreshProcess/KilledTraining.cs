using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.FreshProcess;

/// <summary>A training with checkpoints that takes long enough to be killed in the middle, the same in every process.</summary>
public static class KilledTraining
{
    /// <summary>What the process prints when the first epoch begins.</summary>
    public const string Began = "began";

    /// <summary>Trains, going on from a checkpoint if there is one; returns the bytes of all scores.</summary>
    /// <param name="folder">The folder of the checkpoints; null for none.</param>
    /// <param name="began">Called when training begins.</param>
    public static byte[] Run(string? folder, Action began)
    {
        var ml = new MLContext(seed: 3);
        var random = new Random(3);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 2000).Select(_ => Row.Create(random)).ToArray());
        MultiTaskTrainer trainer = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = [PredictionTask.BinaryClassification("IsInside"), PredictionTask.Regression("Distance")],
            SharedLayers = [64, 32],
            MaximumNumberOfEpochs = 25,
            LearningRate = LearningRateSchedule.ReduceOnPlateau(5e-3, patience: 2),
            Dropout = 0.1,
            ValidationFraction = 0.2f,
            EarlyStopping = new EarlyStopping { Patience = 20 },
            Checkpointing = folder is null ? null : new Checkpointing(folder),
            NumberOfThreads = 1,
            ProgressInterval = TimeSpan.Zero,
            Progress = new FirstReport(began),
        });
        using MultiTaskTransformer model = trainer.Fit(data);
        return ScoreBytes.OfAddedColumns(data, model.Transform(data));
    }

    private sealed class FirstReport(Action then) : IProgress<TrainingProgress>
    {
        private Action? _then = then;

        public void Report(TrainingProgress value)
        {
            _then?.Invoke();
            _then = null;
        }
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Features { get; init; } = [];

        public bool IsInside { get; init; }

        public float Distance { get; init; }

        public static Row Create(Random random)
        {
            float[] features = [(2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1];
            float distance = MathF.Sqrt(features.Sum(value => value * value));
            return new Row { Features = features, Distance = distance, IsInside = distance < 0.9f };
        }
    }
}
