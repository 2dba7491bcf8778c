using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Progressive layered extraction (Tang et al. 2020): levels of experts, of each task and of all, and heads on what the last level's gates mix. With one level it is customized gate control.</summary>
internal sealed class ExtractionNetwork : MultiTaskNetwork
{
    public const string KindName = "ProgressiveLayeredExtraction";

    /// <summary>All levels are computed one after the other, for each row.</summary>
    public const int MaximumNumberOfLevels = 100;

    /// <summary>The most experts of a level, those of all tasks together: all of them are computed for each row.</summary>
    public const int MaximumNumberOfExperts = 10_000;

    private const string ExpertLayers = "expertLayers";
    private const string NumberOfLevels = "numberOfLevels";
    private const string SharedExperts = "sharedExperts";
    private const string TaskExperts = "taskExperts";

    private readonly ExtractionLevel[] _levels;
    private readonly TaskHeads _heads;

    public ExtractionNetwork(NetworkDescription description)
        : base(description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        ExtractionSizes sizes = ReadSizes(description);
        _levels = [.. Levels(description).Select(level => new ExtractionLevel(level.Inputs, level.Expert, hidden, sizes, level.HasSharedGate))];
        for (int i = 0; i < _levels.Length; i++)
        {
            register_module(LevelName(i), _levels[i]);
        }

        _heads = new TaskHeads(this, _levels[^1].OutputWidth, hidden);
        Gates = [.. _levels.SelectMany((level, i) => level.DescribeGates(i + 1))];
    }

    public override IReadOnlyList<GateDescription> Gates { get; }

    public override IReadOnlyList<Parameter> LastSharedParameters => _levels[^1].LastSharedParameters;

    public override IReadOnlyList<Parameter> SharedParameters => [.. _levels.SelectMany(level => level.SharedParameters)];

    /// <param name="featureCount">The number of features, F.</param>
    /// <param name="outputCounts">Per task, the number of raw outputs.</param>
    /// <param name="trunk">What the experts of the first level are made of, where they are not dense layers.</param>
    /// <param name="expertLayers">The widths of the layers of dense experts.</param>
    /// <param name="numberOfLevels">The number of levels.</param>
    /// <param name="sharedExperts">Per level, how many experts all tasks share.</param>
    /// <param name="taskExperts">Per level, how many experts each task has to itself.</param>
    /// <param name="headLayers">The widths of the hidden layers of heads.</param>
    /// <param name="hidden">What hidden layers are made of.</param>
    public static NetworkDescription Describe(
        int featureCount, IReadOnlyList<int> outputCounts, TrunkDescription? trunk, IReadOnlyList<int> expertLayers, int numberOfLevels, int sharedExperts, int taskExperts, IReadOnlyList<int> headLayers, HiddenLayers hidden)
    {
        // A size of 0 is said by its absence: lists of sizes have none.
        IEnumerable<KeyValuePair<string, int[]>> counts = new (string Name, int Count)[] { (SharedExperts, sharedExperts), (TaskExperts, taskExperts) }
            .Where(count => count.Count > 0).Select(count => new KeyValuePair<string, int[]>(count.Name, [count.Count]));
        KeyValuePair<string, int[]>[] sizes = [new(ExpertLayers, [.. expertLayers]), new(NumberOfLevels, [numberOfLevels]), .. counts, new(TaskHeads.Layers, [.. headLayers]), .. hidden.Sizes];
        return new NetworkDescription(KindName, featureCount, outputCounts, new Dictionary<string, int[]>(sizes)) { Trunk = trunk };
    }

    /// <exception cref="FormatException">The description lacks a setting.</exception>
    public static NetworkSize Measure(NetworkDescription description)
    {
        HiddenLayers hidden = HiddenLayers.Read(description.Sizes);
        ExtractionSizes sizes = ReadSizes(description);
        NetworkSize size = default;
        int width = description.FeatureCount;
        foreach ((int inputs, TrunkDescription expert, bool hasSharedGate) in Levels(description))
        {
            size += ExtractionLevel.Measure(inputs, expert, hidden, sizes, hasSharedGate);
            width = TrunkKinds.GetOutputWidth(expert, inputs);
        }

        return size + TaskHeads.Measure(description, width, hidden);
    }

    public override IReadOnlyList<Parameter> GetTaskParameters(int task) => [.. _levels.SelectMany(level => level.GetTaskParameters(task)), .. _heads.GetParameters(task)];

    public override IEnumerable<NetworkLayer> DescribeLayers() => [.. _levels.SelectMany((level, i) => level.DescribeLayers(LevelName(i))), .. _heads.DescribeLayers()];

    public override NetworkOutputs Forward(torch.Tensor features, IReadOnlyList<bool>? active = null)
    {
        Dropout? dropout = training ? Dropout : null;
        torch.Tensor?[] states = [.. Description.OutputCounts.Select(_ => features)];
        torch.Tensor? shared = features;
        var gates = new List<torch.Tensor?>();
        foreach (ExtractionLevel level in _levels)
        {
            // Tasks that are not wanted stand with their last state, which nobody reads.
            (states, shared, IReadOnlyList<torch.Tensor?> weights) = level.Forward([.. states.Select(state => state ?? features)], shared ?? features, active, dropout);
            gates.AddRange(weights);
        }

        return new NetworkOutputs(null, _heads.Forward(task => states[task]!, active, dropout)) { Gates = gates };
    }

    /// <summary>Each task's first experts and head begin as its network would alone; all else with numbers of its own.</summary>
    public override void Initialize(IRandomSource random, IReadOnlyList<float[]> outputBiases)
    {
        uint branch = 0;
        IRandomSource Next() => random.Branch(MixtureOfExpertsNetwork.Branches * ++branch);

        for (int task = 0; task < outputBiases.Count; task++)
        {
            IRandomSource own = random.Fork();
            foreach (ExtractionLevel level in _levels)
            {
                level.InitializeTask(task, own, Next);
            }

            _heads[task].Initialize(own, outputBiases[task]);
        }

        Array.ForEach(_levels, level => level.InitializeShared(Next));
    }

    /// <summary>What each level is made of. Without shared experts there is nothing that a shared gate would mix for.</summary>
    private static IEnumerable<(int Inputs, TrunkDescription Expert, bool HasSharedGate)> Levels(NetworkDescription description)
    {
        int count = description.GetSize(NumberOfLevels, 1) is var levels and <= MaximumNumberOfLevels
            ? levels
            : throw new FormatException(FormattableString.Invariant($"A {KindName} network has {MaximumNumberOfLevels} levels at most."));
        TrunkDescription dense = DenseStack.Describe(description.GetSizes(ExpertLayers));
        bool shares = ReadSizes(description).SharedExperts > 0;
        int inputs = description.FeatureCount;
        for (int level = 0; level < count; level++)
        {
            TrunkDescription expert = level == 0 ? description.Trunk ?? dense : dense;
            yield return (inputs, expert, shares && level < count - 1);
            inputs = TrunkKinds.GetOutputWidth(expert, inputs);
        }
    }

    /// <summary>A description may come from a file that lies.</summary>
    private static ExtractionSizes ReadSizes(NetworkDescription description)
    {
        int Count(string name) => description.Sizes.ContainsKey(name) ? description.GetSize(name, 1) : 0;

        var sizes = new ExtractionSizes(description.OutputCounts.Count, Count(SharedExperts), Count(TaskExperts));
        long all = sizes.SharedExperts + ((long)sizes.Tasks * sizes.TaskExperts);
        return all is > 0 and <= MaximumNumberOfExperts
            ? sizes
            : throw new FormatException(FormattableString.Invariant($"A {KindName} network needs an expert or more in each level, and has {MaximumNumberOfExperts} at most."));
    }

    private static string LevelName(int level) => FormattableString.Invariant($"level{level}");
}
