using MlNetMultiTask.Data;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tasks;
using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>The loop over epochs: what it asks of the engine, what it reports, and when it stops.</summary>
public sealed class TrainingSessionTests
{
    private static readonly string[] _steps = ["losses", "backward 1 1 1 1 1", "update"];

    [Fact]
    public void A_step_is_losses_then_gradients_then_an_update()
    {
        using var engine = new RecordingEngine();
        using TrainingSession session = Open(new TrainingRows(10), engine, batchSize: 4, epochs: 1);
        session.RunEpoch();

        Assert.Equal(Enumerable.Repeat(_steps, 3).SelectMany(step => step), engine.Calls.Select(call => call.Split('@')[0]));
        Assert.Equal([4, 4, 2], engine.BatchSizes);
    }

    [Fact]
    public void Each_step_has_the_rate_of_its_place_in_the_whole_training()
    {
        using var engine = new RecordingEngine();
        using TrainingSession session = Open(new TrainingRows(10), engine, batchSize: 4, epochs: 2, rate: LearningRateSchedule.Cosine(0.5));
        TrainingEpoch first = session.RunEpoch();
        TrainingEpoch second = session.RunEpoch();

        double[] expected = [.. Enumerable.Range(0, 6).Select(step => 0.25 * (1 + Math.Cos(Math.PI * step / 6)))];
        Assert.All(expected.Zip(engine.Rates), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
        Assert.Equal(6, engine.Rates.Count);
        Assert.Equal(engine.Rates[2], first.LearningRate);
        Assert.Equal(engine.Rates[5], second.LearningRate);
    }

    [Fact]
    public void Every_epoch_sees_every_row_once_in_an_order_of_its_own()
    {
        using var engine = new RecordingEngine();
        using TrainingSession session = Open(new TrainingRows(30), engine, batchSize: 7, epochs: 2);
        session.RunEpoch();
        long[] first = [.. engine.Rows];
        engine.Rows.Clear();
        session.RunEpoch();

        Assert.Equal(Enumerable.Range(0, 30).Select(row => (long)row), first.Order());
        Assert.Equal(Enumerable.Range(0, 30).Select(row => (long)row), engine.Rows.Order());
        Assert.NotEqual(first, engine.Rows);
    }

    [Fact]
    public void Progress_reports_mean_losses_over_labelled_rows()
    {
        using var engine = new RecordingEngine { Losses = call => new StepLosses([1, 1, 1, 1, 1], [true, true, true, true, false], [call, 2, 3, 4, 0], [2, 4, 1, 8, 0]) };
        using TrainingSession session = Open(new TrainingRows(10), engine, batchSize: 5, epochs: 3, validation: new TrainingRows(4));
        TrainingEpoch progress = session.RunEpoch();

        Assert.Equal(1, progress.Number);
        Assert.Equal([(1.0 + 2) / 4, 0.5, 3, 0.5, double.NaN], progress.TrainingLosses.Values);
        Assert.Equal(["Class", "Yes", "Number", "Vector", "Set"], progress.TrainingLosses.Keys);
        Assert.Equal([10.0 / 4, 10.0 / 4, 10.0 / 4, 10.0 / 4, 10.0 / 4], progress.ValidationLosses!.Values);
        Assert.Equal([1.0, 1, 1, 1, double.NaN], progress.TaskWeights.Values);
        Assert.True(session.RowsPerSecond > 0);
        Assert.True(progress.Duration > TimeSpan.Zero);
        Assert.Equal(1, session.Epoch);
    }

    [Fact]
    public void Without_validation_rows_there_are_no_validation_losses()
    {
        using var engine = new RecordingEngine();
        using TrainingSession session = Open(new TrainingRows(5), engine, batchSize: 5, epochs: 1);

        Assert.Null(session.RunEpoch().ValidationLosses);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_no_number_stops_training_before_the_update(double loss)
    {
        using var engine = new RecordingEngine { Losses = call => new StepLosses([1, 1, 1, 1, 1], [true, true, true, true, true], [1, 1, call > 2 ? loss : 1, 1, 1], [1, 1, 1, 1, 1]) };
        using TrainingSession session = Open(new TrainingRows(10), engine, batchSize: 5, epochs: 3);
        session.RunEpoch();
        string message = Assert.Throws<InvalidOperationException>(() => session.RunEpoch()).Message;

        Assert.Contains("'Number'", message, StringComparison.Ordinal);
        Assert.Contains("epoch 2", message, StringComparison.Ordinal);
        Assert.Contains("learning rate", message, StringComparison.Ordinal);
        Assert.Equal("losses", engine.Calls[^1]);
    }

    [Fact]
    public void Cancelling_ends_the_epoch_at_the_next_step()
    {
        using var cancellation = new CancellationTokenSource();
        using var engine = new RecordingEngine { OnUpdate = cancellation.Cancel };
        using TrainingSession session = Open(new TrainingRows(10), engine, batchSize: 5, epochs: 3, token: cancellation.Token);

        Assert.Throws<OperationCanceledException>(() => session.RunEpoch());
        Assert.Equal(_steps, engine.Calls);
        Assert.Equal(0, session.Epoch);
    }

    [Fact]
    public void Fixed_weights_reach_the_engine()
    {
        using var engine = new RecordingEngine();
        using TrainingSession session = Open(new TrainingRows(4), engine, batchSize: 4, epochs: 1, balancing: TaskBalancing.Fixed(("Number", 0.25f), ("Class", 3f)));
        session.RunEpoch();

        Assert.Contains("backward 3 1 0.25 1 1", engine.Calls);
    }

    [Fact]
    public void Ending_a_session_ends_its_engine()
    {
        var engine = new RecordingEngine();
        Open(new TrainingRows(4), engine, batchSize: 4, epochs: 1).Dispose();

        Assert.True(engine.IsDisposed);
    }

    [Fact]
    public void Balancing_gradients_that_are_not_shared_is_refused_and_leaves_nothing_open()
    {
        var engine = new RecordingEngine { HasSharedParameters = false };
        string message = Assert.Throws<ArgumentException>(() => Open(new TrainingRows(4), engine, batchSize: 4, epochs: 1, balancing: new GramianBalancing())).Message;

        Assert.Contains("Balancing is GramianForTests", message, StringComparison.Ordinal);
        Assert.Contains("network Recording", message, StringComparison.Ordinal);
        Assert.True(engine.IsDisposed);
    }

    [Fact]
    public void Training_lowers_the_objective_and_is_the_same_each_time()
    {
        var rows = new TrainingRows(60);
        (float[] one, double first, double last) = Train(rows);
        (float[] same, _, _) = Train(rows);

        Assert.True(last < 0.8 * first, $"from {first} to {last}");
        Assert.Equal(one, same);
    }

    private static (float[] Parameters, double First, double Last) Train(TrainingRows rows)
    {
        using MultiTaskNetwork network = rows.CreateNetwork();
        InMemoryBatchSource source = rows.OpenSource();
        var engine = new TorchEngine(network, rows.Tasks, source.LabelledShares);
        using TrainingSession session = Open(rows, engine, batchSize: 16, epochs: 30, rate: 0.01, source: source);
        double first = rows.Objective([.. engine.Export().Parameters.Select(value => (double)value)]);
        while (session.Epoch < 30)
        {
            session.RunEpoch();
        }

        float[] parameters = engine.Export().Parameters;
        return (parameters, first, rows.Objective([.. parameters.Select(value => (double)value)]));
    }

    private static TrainingSession Open(
        TrainingRows rows,
        ITrainingEngine engine,
        int batchSize,
        int epochs,
        LearningRateSchedule? rate = null,
        TrainingRows? validation = null,
        TaskBalancing? balancing = null,
        InMemoryBatchSource? source = null,
        CancellationToken token = default)
    {
        var options = new HardParameterSharingOptions
        {
            Tasks = rows.Tasks,
            BatchSize = batchSize,
            MaximumNumberOfEpochs = epochs,
            LearningRate = rate ?? 0.1,
            Balancing = balancing ?? TaskBalancing.Sum(),
            CancellationToken = token,
        };
        return new TrainingSession(options, rows.Tasks, 5, [new Learner(options, rows.Tasks, rows.CreateMetrics(), 5, engine)], source ?? rows.OpenSource(), validation?.OpenSource());
    }

    /// <summary>Notes what it is asked to do.</summary>
    private sealed class RecordingEngine : ITrainingEngine
    {
        public int RowsMeasuredAtOnce => 1024;

        public IReadOnlyList<GateDescription> Gates => [];

        public IReadOnlyList<torch.Tensor?> GateWeights => [];

        public List<string> Calls { get; } = [];

        public List<double> Rates { get; } = [];

        public List<int> BatchSizes { get; } = [];

        public List<long> Rows { get; } = [];

        public bool IsDisposed { get; private set; }

        public Action OnUpdate { get; init; } = () => { };

        public Func<int, StepLosses> Losses { get; init; } = _ => new StepLosses([1, 1, 1, 1, 1], [true, true, true, true, true], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1]);

        public string NetworkKind => "Recording";

        public bool HasSharedParameters { get; init; } = true;

        public bool HasFiniteParameters => true;

        public double? ParameterDistance => null;

        public int ParameterCount => throw new NotSupportedException();

        public IReadOnlyList<torch.Tensor?> Outputs => throw new NotSupportedException();

        public void Predict(Batch batch) => throw new NotSupportedException();

        public StepLosses ComputeLosses(Batch batch)
        {
            Calls.Add("losses");
            BatchSizes.Add(batch.RowCount);
            Rows.AddRange(batch.Rows.data<long>().ToArray());
            return Losses(BatchSizes.Count);
        }

        public void Backward(ReadOnlySpan<double> weights) =>
            Calls.Add("backward " + string.Join(" ", weights.ToArray().Select(weight => FormattableString.Invariant($"{weight}"))));

        public double[] ComputeNorms() => throw new NotSupportedException();

        public IReadOnlyList<double> ComputeLossesAfterUpdate(Batch batch) => throw new NotSupportedException();

        public double[,] LookAhead(Batch batch, IReadOnlyList<int> tasks, double learningRate) => throw new NotSupportedException();

        public double[,] ComputeSharedGramian(bool keepsGraph) => throw new NotSupportedException();

        public void CombineSharedGradients(ReadOnlySpan<double> weights) => throw new NotSupportedException();

        public void Update(double learningRate)
        {
            Calls.Add("update");
            Rates.Add(learningRate);
            OnUpdate();
        }

        public void Measure(Batch batch, double[] lossSums, double[] weightSums)
        {
            for (int i = 0; i < lossSums.Length; i++)
            {
                lossSums[i] += 10;
                weightSums[i] += batch.RowCount;
            }
        }

        public void BeginEpoch(ulong seed)
        {
        }

        public void Observe(Batch batch, IReadOnlyList<RunningMetric> metrics)
        {
        }

        public float[] ExportParameters() => throw new NotSupportedException();

        public void ImportParameters(float[] parameters) => throw new NotSupportedException();

        public void Freeze(int task, float[] parameters) => throw new NotSupportedException();

        public EngineState Export() => throw new NotSupportedException();

        public void Import(EngineState state) => throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;
    }
}
