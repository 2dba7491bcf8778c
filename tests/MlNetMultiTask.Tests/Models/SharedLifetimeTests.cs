using MlNetMultiTask.Models;

namespace MlNetMultiTask.Tests.Models;

/// <summary>Counted ownership: memory is released once, and never while a call uses it.</summary>
public sealed class SharedLifetimeTests
{
    [Fact]
    public void The_end_releases_once_where_nothing_is_in_use()
    {
        int released = 0;
        var lifetime = new SharedLifetime("Thing", () => released++);
        using (lifetime.Acquire())
        {
        }

        Assert.Equal(0, released);
        lifetime.End();
        lifetime.End();
        Assert.Equal(1, released);
    }

    [Fact]
    public void The_last_reference_releases_where_the_end_comes_before_it()
    {
        int released = 0;
        var lifetime = new SharedLifetime("Thing", () => released++);
        SharedLifetime.Reference one = lifetime.Acquire();
        SharedLifetime.Reference other = lifetime.Acquire();
        lifetime.End();
        one.Dispose();
        Assert.Equal(0, released);

        other.Dispose();
        Assert.Equal(1, released);
    }

    [Fact]
    public void After_the_end_calls_are_refused_with_the_name_and_the_usual_reason()
    {
        var lifetime = new SharedLifetime("Thing", () => { });
        lifetime.ThrowIfEnded();
        lifetime.End();
        foreach (Action action in new Action[] { () => lifetime.Acquire(), lifetime.ThrowIfEnded })
        {
            var error = Assert.Throws<ObjectDisposedException>(action);
            Assert.Equal("Thing", error.ObjectName);
            Assert.Contains("OwnsTransformer = false", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Eight threads use the thing while a ninth ends it, at another moment in each of many rounds.</summary>
    [Fact]
    public void Under_eight_threads_it_is_released_exactly_once_and_after_the_last_use()
    {
        for (int round = 0; round < 150; round++)
        {
            int released = 0;
            int inUse = 0;
            int usedAfterRelease = 0;
            int releasedInUse = 0;
            var lifetime = new SharedLifetime("Thing", () =>
            {
                Interlocked.Increment(ref released);
                Interlocked.Add(ref releasedInUse, Volatile.Read(ref inUse));
            });
            using var start = new Barrier(9);
            Thread[] users =
            [
                .. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
                {
                    start.SignalAndWait();
                    try
                    {
                        while (true)
                        {
                            using SharedLifetime.Reference reference = lifetime.Acquire();
                            Interlocked.Increment(ref inUse);
                            Thread.SpinWait(20);
                            Interlocked.Add(ref usedAfterRelease, Volatile.Read(ref released));
                            Interlocked.Decrement(ref inUse);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                })),
            ];
            Array.ForEach(users, user => user.Start());
            start.SignalAndWait();
            Thread.SpinWait(round * 10);
            lifetime.End();
            Array.ForEach(users, user => user.Join());

            Assert.Equal(1, released);
            Assert.Equal(0, usedAfterRelease);
            Assert.Equal(0, releasedInUse);
        }
    }
}
