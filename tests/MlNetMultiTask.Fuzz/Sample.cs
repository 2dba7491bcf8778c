using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Fuzz;

/// <summary>A trained chain with a task of each kind, its file as ML.NET saves it and as the library does, and what it scores.</summary>
internal sealed class Sample
{
    private const int RowCount = 40;

    private static readonly string[] _words = ["red", "green", "blue"];

    private static readonly PredictionTask[] _tasks =
    [
        PredictionTask.MulticlassClassification("Word"),
        PredictionTask.BinaryClassification("Flag"),
        PredictionTask.Regression("Numbers"),
        PredictionTask.MultilabelClassification("Flags"),
    ];

    /// <param name="seed">The seed; the widths of layers differ by it.</param>
    /// <param name="nested">Whether the model is an ensemble with networks inside a network and with groups of tasks, else a single network.</param>
    public Sample(int seed, bool nested)
    {
        var ml = new MLContext(seed);
        Data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, RowCount).Select(i => Row.Create(i + seed)));
        using TransformerChain<MultiTaskTransformer> chain = ml.Transforms.Conversion.MapValueToKey("Word")
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append((MultiTaskTrainer)(nested ? CreateNested(ml, seed) : CreateSingle(ml, seed))).Fit(Data);
        Scores = ScoreBytes.OfAddedColumns(Data, chain.Transform(Data));
        using var plain = new MemoryStream();
        ml.Model.Save(chain, Data.Schema, plain);
        Plain = plain.ToArray();
        string path = Path.GetTempFileName();
        try
        {
            ml.MultiTask.SaveAtomically(chain, Data.Schema, path);
            Sealed = File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public IDataView Data { get; }

    public byte[] Scores { get; }

    /// <summary>As <c>Model.Save</c> of ML.NET writes it.</summary>
    public byte[] Plain { get; }

    /// <summary>As <c>MultiTask.SaveAtomically</c> writes it.</summary>
    public byte[] Sealed { get; }

    private static HardParameterSharingTrainer CreateSingle(MLContext ml, int seed) => ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
    {
        Tasks = _tasks,
        SharedLayers = [5 + seed],
        HeadLayers = [3],
        MaximumNumberOfEpochs = 2,
        NumberOfThreads = 1,
    });

    /// <summary>Every kind of network and trunk there is, inside one another.</summary>
    private static EnsembleTrainer CreateNested(MLContext ml, int seed)
    {
        MultiTaskTrainers trainers = ml.MultiTask.Trainers;
        JointTrainingTrainer joint = trainers.JointTraining(new JointTrainingOptions
        {
            Members =
            [
                CreateSingle(ml, seed),
                trainers.SoftParameterSharing(new SoftParameterSharingOptions { Tasks = _tasks, TrunkLayers = [4], HeadLayers = [3], MaximumNumberOfEpochs = 2, NumberOfThreads = 1 }),
                trainers.CrossStitch(new CrossStitchOptions { Tasks = _tasks, Trunk = Trunk.Convolutional(2, 2, filters: [2], layers: [3]), HeadLayers = [], MaximumNumberOfEpochs = 2, NumberOfThreads = 1 }),
                trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions
                {
                    Tasks = _tasks,
                    NumberOfExperts = 2,
                    NumberOfSelectedExperts = 1,
                    OneGate = true,
                    ExpertLayers = [3],
                    HeadLayers = [],
                    MaximumNumberOfEpochs = 2,
                    NumberOfThreads = 1,
                }),
                trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions { Tasks = _tasks, NumberOfSharedExperts = 1, ExpertLayers = [3], HeadLayers = [], MaximumNumberOfEpochs = 2, NumberOfThreads = 1 }),
            ],
            SharedTrunk = Trunk.Residual(width: 4, numberOfBlocks: 1),
        });
        return trainers.Ensemble([CreateSingle(ml, seed), joint, trainers.TaskGroups(CreateSingle(ml, seed), ["Numbers", "Word"], ["Flags", "Flag"])]);
    }

    private sealed class Row
    {
        [VectorType(3)]
        public required float[] Features { get; init; }

        public required string Word { get; init; }

        public required bool Flag { get; init; }

        [VectorType(2)]
        public required float[] Numbers { get; init; }

        [VectorType(2)]
        public required bool[] Flags { get; init; }

        public static Row Create(int i) => new()
        {
            Features = [i % 5, i % 7, i % 3],
            Word = _words[i % 3],
            Flag = i % 5 > 2,
            Numbers = [100 + i, i % 7],
            Flags = [i % 2 == 0, i % 7 > 3],
        };
    }
}
