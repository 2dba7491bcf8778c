using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Tests.Documentation;
using MlNetMultiTask.Tests.Scoring;
using Xunit.Abstractions;

namespace MlNetMultiTask.Tests.Labels;

/// <summary>Ten thousand classes, of which nothing may grow with classes x rows, or classes x classes.</summary>
[Trait("Category", "Long")]
public sealed partial class ManyClassesTests(ITestOutputHelper output)
{
    private const int ClassCount = 10_000;

    [Fact]
    public async Task They_are_trained_saved_loaded_scored_and_measured_in_less_than_2_GB()
    {
        using var folder = new TemporaryFolder();
        ProgramRun run = await ProgramRun.DotnetAsync(folder[""], TimeSpan.FromMinutes(5), Contracts.FreshProcess.Program, "many-classes", $"{ClassCount}");
        output.WriteLine(run.Everything);

        Assert.Equal(0, run.ExitCode);
        Match figures = Figures().Match(run.Output);
        Assert.True(figures.Success, run.Everything);
        Assert.InRange(double.Parse(figures.Groups["accuracy"].Value, CultureInfo.InvariantCulture), 0.9, 1);
        Assert.InRange(int.Parse(figures.Groups["peak"].Value, CultureInfo.InvariantCulture), 1, 1999);
    }

    [Fact]
    public void Reading_ahead_is_bounded_by_the_bytes_of_scores()
    {
        var ml = new MLContext(1);
        Row[] rows = [.. Enumerable.Range(0, 1000).Select(i => new Row { Features = [i % 2, i % 3], Class = (uint)(10 * i) })];
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Class)].ColumnType = new KeyDataViewType(typeof(uint), ClassCount);
        IDataView data = ml.Data.LoadFromEnumerable(rows, definition);
        using MultiTaskTransformer model = ml.MultiTask.Trainers.HardParameterSharing(new HardParameterSharingOptions
        {
            Tasks = [PredictionTask.MulticlassClassification("Class")],
            SharedLayers = [2],
            HeadLayers = [],
            BatchSize = 1000,
            MaximumNumberOfEpochs = 1,
        }).Fit(data);
        var watched = new FaultyView(data);
        IDataView scored = model.Transform(watched);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Class.Score"]]);

        Assert.True(cursor.MoveNext());

        // 32 MB of scores and what the network needs to compute them: fewer than the 512 rows of small models.
        Assert.InRange(watched.RowsRead, 100, 32_000_000 / (4 * ClassCount));
    }

    [GeneratedRegex(@"10000 classes, \d+ rows: accuracy (?<accuracy>[\d.]+), .* peak (?<peak>\d+) MB")]
    private static partial Regex Figures();

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; init; } = [];

        public uint Class { get; init; }
    }
}
