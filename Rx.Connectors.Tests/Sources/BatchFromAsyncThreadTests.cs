using System.Threading.Channels;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Sources;

/// <summary>On the real clock, where other threads send and dispose.</summary>
public sealed class BatchFromAsyncThreadTests
{
    [Fact]
    public void P19_what_another_thread_sends_wakes_the_step()
    {
        var channel = Channel.CreateUnbounded<int>();
        using var batches = Batch.FromAsync(channel.Reader.ReadAllAsync(), Times.Patience, 1).GetEnumerator();
        var sender = new Thread(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                channel.Writer.TryWrite(i);
            }

            channel.Writer.Complete();
        });
        sender.Start();
        var items = new List<int>();
        while (batches.MoveNext())
        {
            items.AddRange(batches.Current);
        }

        sender.Join();
        Assert.Equal(Enumerable.Range(0, 100), items);
    }

    [Fact]
    public void P19_a_client_that_yields_needs_no_other_thread()
    {
        var threads = new HashSet<int>();
        using var batches = Batch.FromAsync(Yielding(), Times.Patience, 5).GetEnumerator();
        Assert.True(batches.MoveNext());
        Assert.Equal([0, 1, 2, 3, 4], batches.Current);
        Assert.Equal(Environment.CurrentManagedThreadId, Assert.Single(threads));

        async IAsyncEnumerable<int> Yielding()
        {
            for (var i = 0; i < 5; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                await Task.Yield();
                yield return i;
            }
        }
    }

    [Fact]
    public void P19_the_callers_context_is_neither_used_nor_lost()
    {
        var caller = new DeadContext();
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(caller);
        try
        {
            using var batches = Batch.FromAsync(Delayed(), Times.Patience, 2).GetEnumerator();
            Assert.True(batches.MoveNext());
            Assert.Equal([1, 2], batches.Current);
            Assert.Same(caller, SynchronizationContext.Current);
            Assert.Equal(0, caller.Posts);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        static async IAsyncEnumerable<int> Delayed()
        {
            await Task.Delay(1);
            yield return 1;
            await Task.Yield();
            yield return 2;
        }
    }

    [Fact]
    public async Task P19_disposal_from_another_thread_ends_a_waiting_step()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var batches = Batch.FromAsync(Waiting(), Timeout.InfiniteTimeSpan, 10).GetEnumerator();
        var step = Task.Run(batches.MoveNext);
        await waiting.Task.WaitAsync(Times.Patience);
        batches.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => step.WaitAsync(Times.Patience));
        await closed.Task.WaitAsync(Times.Patience);

        async IAsyncEnumerable<int> Waiting([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
        {
            try
            {
                waiting.SetResult();
                await Task.Delay(Timeout.Infinite, stop);
                yield return 1;
            }
            finally
            {
                closed.SetResult();
            }
        }
    }

    /// <summary>The context of a thread that is blocked: what is posted to it never runs.</summary>
    private sealed class DeadContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => _posts;

        public override void Post(SendOrPostCallback d, object? state) => Interlocked.Increment(ref _posts);
    }
}
