using MlNetMultiTask.Evaluation;

namespace MlNetMultiTask.Tests.Evaluation;

/// <summary>Errors among many trainings.</summary>
public sealed class FailurePlaceTests
{
    [Fact]
    public void Errors_of_input_and_training_say_where_and_keep_what_they_were()
    {
        var input = new ArgumentOutOfRangeException("width", "Too wide.");
        var training = new InvalidOperationException("The loss is no number.");

        ArgumentException first = Assert.Throws<ArgumentException>(() => Fail(input));
        Assert.StartsWith("In training 3: Too wide.", first.Message, StringComparison.Ordinal);
        Assert.Same(input, first.InnerException);
        Assert.Equal("In training 3: The loss is no number.", Assert.Throws<InvalidOperationException>(() => Fail(training)).Message);
    }

    [Fact]
    public void Other_errors_pass_as_they_are()
    {
        Exception[] others = [new OperationCanceledException(), new ObjectDisposedException("model"), new IOException("full")];

        Assert.All(others, other => Assert.Same(other, Record.Exception(() => Fail(other))));
    }

    [Fact]
    public void Whatever_others_throw_is_an_error_of_training_but_for_cancellation()
    {
        // What waits too long for something else says that it was cancelled, too.
        var cancelled = new TaskCanceledException("too late");

        Assert.Equal("In training 3: IOException: full", Assert.Throws<InvalidOperationException>(() => Fail(new IOException("full"), isForeign: true)).Message);
        Assert.Equal("In training 3: TaskCanceledException: too late", Assert.Throws<InvalidOperationException>(() => Fail(cancelled, isForeign: true)).Message);
        Assert.Same(cancelled, Record.Exception(() => Fail(cancelled, isForeign: true, new CancellationToken(canceled: true))));
    }

    [Fact]
    public void What_succeeds_is_returned() => Assert.Equal(7, FailurePlace.Attempt("Here", () => 7));

    private static int Fail(Exception e, bool isForeign = false, CancellationToken cancellationToken = default) => FailurePlace.Attempt<int>("In training 3", () => throw e, isForeign, cancellationToken);
}
