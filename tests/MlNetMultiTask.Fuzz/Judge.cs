using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

namespace MlNetMultiTask.Fuzz;

/// <summary>Loads mutants of a model, and tells what is wrong with how that ended.</summary>
internal sealed class Judge(Sample sample)
{
    /// <summary>A sound model of this size needs a hundredth of it, a message with a damaged text of some hundred thousand letters a few.</summary>
    private const long MaximumAllocation = 64_000_000;

    /// <summary>What .NET says where nobody looked: no user could tell what is wrong with the file.</summary>
    private static readonly string[] _unclear =
    [
        "Object reference", "Index was out", "out of the range of valid values", "Arithmetic operation", "Array dimensions", "not in a correct format", "Sequence contains",
        "already been added", "was not present in the dictionary", "parameter is not valid", "Value cannot be null",
    ];

    /// <summary>How many files were refused so far, and how many loaded.</summary>
    public (int Refused, int Loaded) Counts { get; private set; }

    /// <summary>What is wrong; null where all is well.</summary>
    public string? FindProblem(Mutant mutant)
    {
        string? problem = Check(mutant, (ml, stream) => ml.MultiTask.Load(stream, out _));
        return problem is null && mutant.Expectation is Expectation.RefusedOrTheSameByBoth or Expectation.RefusedOrUsable
            ? Check(mutant, (ml, stream) => ml.Model.Load(stream, out _)) is { } other ? "ML.NET's Load: " + other : null
            : problem;
    }

    private string? Check(Mutant mutant, Func<MLContext, Stream, ITransformer> load)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ITransformer model;
        try
        {
            model = load(new MLContext(1), new MemoryStream(mutant.File));
        }
        catch (Exception e)
        {
            Counts = (Counts.Refused + 1, Counts.Loaded);
            return Allocated(before) ?? FindProblem(e.GetBaseException());
        }

        Counts = (Counts.Refused, Counts.Loaded + 1);
        using var disposable = model as IDisposable;
        return Allocated(before) ?? FindProblem(model, mutant.Expectation);
    }

    private static string? Allocated(long before) =>
        GC.GetAllocatedBytesForCurrentThread() - before is > MaximumAllocation and long bytes ? $"{bytes} bytes were allocated" : null;

    private static string? FindProblem(Exception e) =>
        e.GetType() != typeof(FormatException) ? e.ToString()
        : e.Message.Length < 20 || _unclear.Any(text => e.Message.Contains(text, StringComparison.OrdinalIgnoreCase)) ? "not a clear message: " + e.Message
        : null;

    private string? FindProblem(ITransformer model, Expectation expectation)
    {
        byte[] scores;
        try
        {
            scores = ScoreBytes.OfAddedColumns(sample.Data, model.Transform(sample.Data));
        }
        catch (ArgumentException e) when (expectation == Expectation.RefusedOrUsable && e.Message.Contains("column", StringComparison.Ordinal))
        {
            // The forger has renamed a column that the data do not have, and the user is told so.
            return null;
        }
        catch (Exception e)
        {
            return "loaded, and does not score: " + e;
        }

        return expectation == Expectation.RefusedOrUsable || scores.AsSpan().SequenceEqual(sample.Scores) ? null : "loaded, and scores otherwise";
    }
}
