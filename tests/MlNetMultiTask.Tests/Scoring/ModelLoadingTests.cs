using System.IO.Compression;
using Microsoft.ML;
using MlNetMultiTask.FreshProcess;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>Saving whole and loading checked.</summary>
public sealed class ModelLoadingTests
{
    [Fact]
    public void What_was_saved_whole_is_loaded_by_both_and_scores_the_same()
    {
        using var folder = new TemporaryFolder();
        using var fitted = new Fitted("HardParameterSharing");
        fitted.ML.MultiTask.SaveAtomically(fitted.Model, fitted.Data.Schema, folder["model.zip"]);

        ITransformer ours = new MLContext().MultiTask.Load(folder["model.zip"], out DataViewSchema? schema);
        ITransformer theirs = new MLContext().Model.Load(folder["model.zip"], out DataViewSchema expected);

        byte[] scores = ScoreBytes.Of(fitted.Scored, fitted.Outputs);
        Assert.Equal(scores, ScoreBytes.Of(ours.Transform(fitted.Data), fitted.Outputs));
        Assert.Equal(scores, ScoreBytes.Of(theirs.Transform(fitted.Data), fitted.Outputs));
        Assert.Equal(expected.Select(column => column.ToString()), schema!.Select(column => column.ToString()));
        ((IDisposable)ours).Dispose();
        ((IDisposable)theirs).Dispose();
    }

    [Fact]
    public void Saving_over_a_model_leaves_one_file()
    {
        using var folder = new TemporaryFolder();
        using var fitted = new Fitted("HardParameterSharing");
        for (int i = 0; i < 2; i++)
        {
            fitted.ML.MultiTask.SaveAtomically(fitted.Model, fitted.Data.Schema, folder["model.zip"]);
        }

        Assert.Equal(folder["model.zip"], Assert.Single(Directory.GetFiles(folder[""])));
        using var loaded = (IDisposable)fitted.ML.MultiTask.Load(folder["model.zip"], out _);
    }

    [Fact]
    public void A_model_that_ML_NET_saved_is_loaded_with_or_without_a_schema()
    {
        using var fitted = new Fitted("HardParameterSharing");
        foreach (DataViewSchema? schema in (DataViewSchema?[])[fitted.Data.Schema, null])
        {
            using var stream = new MemoryStream();
            fitted.ML.Model.Save(fitted.Model, schema, stream);

            using var model = (IDisposable)fitted.ML.MultiTask.Load(stream, out DataViewSchema? loaded);

            Assert.Equal(schema is null, loaded is null);
            Assert.True(stream.CanRead);
        }
    }

    [Fact]
    public void A_message_names_the_file_and_the_damage()
    {
        using var folder = new TemporaryFolder();
        using var fitted = new Fitted("HardParameterSharing");
        string path = folder["model.zip"];
        fitted.ML.MultiTask.SaveAtomically(fitted.Model, fitted.Data.Schema, path);
        byte[] file = File.ReadAllBytes(path);
        File.WriteAllBytes(path, file[..^10]);

        string cut = Assert.Throws<FormatException>(() => fitted.ML.MultiTask.Load(path, out _)).Message;
        Assert.Contains(path, cut, StringComparison.Ordinal);
        Assert.Contains("zip archive", cut, StringComparison.Ordinal);

        using (ZipArchive archive = ZipFile.Open(Restore(path, file), ZipArchiveMode.Update))
        {
            archive.GetEntry("Schema")!.Delete();
        }

        // ML.NET would load it, without a schema.
        Assert.Contains("'Schema' is missing", Assert.Throws<FormatException>(() => fitted.ML.MultiTask.Load(path, out _)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => fitted.ML.MultiTask.Load(folder["none.zip"], out _));
    }

    [Fact]
    public void A_stream_that_has_no_positions_is_turned_away_with_the_remedy()
    {
        using var zipped = new DeflateStream(new MemoryStream(), CompressionMode.Decompress);

        var error = Assert.Throws<ArgumentException>(() => new MLContext().MultiTask.Load(zipped, out _));

        Assert.Contains("MemoryStream", error.Message, StringComparison.Ordinal);
    }

    private static string Restore(string path, byte[] file)
    {
        File.WriteAllBytes(path, file);
        return path;
    }
}
