using MlNetMultiTask.Training;
using TorchSharp;

namespace MlNetMultiTask.Tests.Training;

/// <summary>Torch's number of threads is a setting of the whole process, so nothing else may run beside these.</summary>
[Collection("NotParallel")]
public sealed class TorchThreadsTests
{
    [Fact]
    public void The_number_is_set_and_put_back()
    {
        int before = torch.get_num_threads();
        using (TorchThreads.Use(before + 1))
        {
            Assert.Equal(before + 1, torch.get_num_threads());
        }

        Assert.Equal(before, torch.get_num_threads());
    }

    [Fact]
    public void Null_leaves_the_setting_alone()
    {
        int before = torch.get_num_threads();
        using IDisposable nothing = TorchThreads.Use(null);
        Assert.Equal(before, torch.get_num_threads());

        using (TorchThreads.Use(before + 2))
        {
            using IDisposable inner = TorchThreads.Use(null);
            Assert.Equal(before + 2, torch.get_num_threads());
        }
    }

    [Fact]
    public void The_last_user_of_one_number_puts_the_old_one_back()
    {
        int before = torch.get_num_threads();
        IDisposable first = TorchThreads.Use(before + 1);
        IDisposable second = TorchThreads.Use(before + 1);
        first.Dispose();
        Assert.Equal(before + 1, torch.get_num_threads());

        first.Dispose();
        Assert.Equal(before + 1, torch.get_num_threads());

        second.Dispose();
        Assert.Equal(before, torch.get_num_threads());
    }

    [Fact]
    public void Another_number_at_the_same_time_is_an_error_that_names_both()
    {
        int before = torch.get_num_threads();
        using (TorchThreads.Use(before + 1))
        {
            string message = Assert.Throws<InvalidOperationException>(() => TorchThreads.Use(before + 2)).Message;
            Assert.Contains($"NumberOfThreads is {before + 2}", message, StringComparison.Ordinal);
            Assert.Contains($"runs with {before + 1}", message, StringComparison.Ordinal);
            Assert.Equal(before + 1, torch.get_num_threads());
        }

        Assert.Equal(before, torch.get_num_threads());
    }

    [Fact]
    public void It_can_be_used_again_with_another_number()
    {
        int before = torch.get_num_threads();
        foreach (int count in new[] { before + 1, before + 2, before })
        {
            using (TorchThreads.Use(count))
            {
                Assert.Equal(count, torch.get_num_threads());
            }

            Assert.Equal(before, torch.get_num_threads());
        }
    }

    /// <summary>Torch keeps the number for each thread that has asked for it, besides that of the process.</summary>
    [Fact]
    public void Every_thread_that_uses_it_has_the_number_and_gets_the_old_one_back()
    {
        int before = torch.get_num_threads();
        int[] found = [0, 0, 0];
        using var ready = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            found[0] = torch.get_num_threads();
            ready.Set();
            go.Wait();
            using (TorchThreads.Use(before + 1))
            {
                found[1] = torch.get_num_threads();
            }

            found[2] = torch.get_num_threads();
        });
        thread.Start();
        ready.Wait();
        using (TorchThreads.Use(before + 1))
        {
            go.Set();
            thread.Join();
            Assert.Equal(before + 1, torch.get_num_threads());
        }

        Assert.Equal([before, before + 1, before], found);
        Assert.Equal(before, torch.get_num_threads());
    }

    [Fact]
    public void Many_threads_can_share_one_number()
    {
        int before = torch.get_num_threads();
        Parallel.For(0, 200, _ =>
        {
            using IDisposable use = TorchThreads.Use(before + 1);
            Assert.Equal(before + 1, torch.get_num_threads());
            Thread.Yield();
        });

        Assert.Equal(before, torch.get_num_threads());
    }

    [Fact]
    public void A_new_thread_has_the_old_number_once_all_are_done()
    {
        int before = torch.get_num_threads();
        int found = 0;
        using (TorchThreads.Use(before + 1))
        {
        }

        var thread = new Thread(() => found = torch.get_num_threads());
        thread.Start();
        thread.Join();

        Assert.Equal(before, found);
    }
}
