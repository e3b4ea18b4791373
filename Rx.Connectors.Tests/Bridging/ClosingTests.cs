using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S10: closing reaches the client, from any thread, at any time, any number of times.</summary>
public sealed class ClosingTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    public void S10_Dispose_cancels_and_disposes_an_async_client_that_waits()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(1, 0), new Step(1_000, 1)]);
        var partition = Bridge.From(client).ToPartition();
        partition.Start(_clock);
        _clock.AdvanceTo(500);
        partition.Dispose();
        partition.Dispose();
        Assert.True(client.IsCancelled);
        Assert.Equal(1, client.Disposed);
        Assert.False(client.Overlapped);
        Assert.True(partition.DisposeAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public void S10_Dispose_reaches_a_client_that_is_paused_because_the_bridge_is_full()
    {
        var client = new ScriptedClient<int>(_clock, Enumerable.Range(0, 100).Select(i => new Step(0, i)));
        var partition = Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchSize = 5, Capacity = 5 });
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal(5, client.Delivered);
        partition.Dispose();
        _clock.Start();
        Assert.Equal(1, client.Disposed);
        Assert.Equal(5, client.Moves);
    }

    [Fact]
    public void S10_Dispose_before_the_start_opens_nothing()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(1, 0)]);
        var partition = Bridge.From(client).ToPartition();
        partition.Dispose();
        Assert.Throws<ObjectDisposedException>(() => partition.Start(_clock));
        Assert.Throws<ObjectDisposedException>(partition.NextBatch);
        Assert.Equal(0, client.Opened);
    }

    [Fact]
    public void S10_Dispose_before_the_pump_has_begun_opens_nothing()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(1, 0)]);
        var partition = Bridge.From(client).ToPartition();
        partition.Start(_clock);
        partition.Dispose();
        _clock.Start();
        Assert.Equal(0, client.Opened);
    }

    [Fact]
    public void S10_Dispose_unsubscribes_from_an_observable_also_behind_a_query()
    {
        using var source = new Subject<int>();
        var partition = Bridge.From(source, i => i).Query(items => items.Where(i => i > 0))
            .ToPartition(ResumeState<int>.None);
        partition.Start(_clock);
        Assert.True(source.HasObservers);
        partition.Dispose();
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void S10_after_Dispose_polls_and_snapshots_throw()
    {
        using var source = new Subject<int>();
        var partition = Bridge.From(source, i => i).ToPartition(5);
        partition.Start(_clock);
        source.OnNext(1);
        partition.Dispose();
        source.OnNext(2);
        Assert.Throws<ObjectDisposedException>(partition.NextBatch);
        Assert.Throws<ObjectDisposedException>(() => partition.Snapshot());
        Assert.Equal(0, partition.Status.Queued);
    }

    [Fact]
    public void S10_a_query_that_has_enough_closes_the_client()
    {
        var client = new ScriptedClient<int>(_clock, Enumerable.Range(0, 100).Select(i => new Step(i, i)));
        using var partition = Bridge.From(client)
            .Query(items => System.Reactive.Linq.Observable.Take(items, 3)).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Null(partition.NextBatch());
        Assert.True(client.IsCancelled);
        Assert.Equal(1, client.Disposed);
    }

    [Fact]
    public void S10_an_overflow_closes_the_client()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source).ToPartition(new BridgeOptions { MaxBatchSize = 1, Capacity = 1 });
        partition.Start(_clock);
        source.OnNext(1);
        Assert.True(source.HasObservers);
        source.OnNext(2);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public async Task S10_Dispose_races_with_polls_and_items_and_every_client_is_closed_once()
    {
        for (var round = 0; round < 300; round++)
        {
            var client = new EndlessClient();
            var partition = Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
            var handedOut = new List<int>();
            var poller = Task.Run(() =>
            {
                try
                {
                    while (true)
                    {
                        handedOut.AddRange(partition.NextBatch()!);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What ends this test's loop, and the only thing that may.
                }
            });
            var closers = Enumerable.Range(0, 2).Select(_ => Task.Run(partition.Dispose));
            await Task.WhenAll(closers.Append(poller)).WaitAsync(Times.Patience);
            await partition.DisposeAsync().AsTask().WaitAsync(Times.Patience);
            Assert.Equal(client.Opened, client.Disposed);
            Assert.Equal(Enumerable.Range(0, handedOut.Count), handedOut);
        }
    }

    [Fact]
    public async Task S10_DisposeAsync_waits_until_the_client_has_closed()
    {
        var closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var partition = Bridge.From(Client(opened, closing.Task)).ToPartition();
        partition.NextBatch();
        await opened.Task.WaitAsync(Times.Patience);
        var closed = partition.DisposeAsync().AsTask();
        Assert.False(closed.IsCompleted);
        closing.SetResult();
        await closed.WaitAsync(Times.Patience);
    }

    private static async IAsyncEnumerable<int> Client(
        TaskCompletionSource opened, Task closing, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            opened.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            yield return 1;
        }
        finally
        {
            await closing;
        }
    }

    private sealed class EndlessClient : IAsyncEnumerable<int>
    {
        private int _opened;
        private int _disposed;

        public int Opened => _opened;

        public int Disposed => _disposed;

        public async IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _opened);
            try
            {
                for (var i = 0; ; i++)
                {
                    if (i % 50 == 0)
                    {
                        await Task.Yield();
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                    yield return i;
                }
            }
            finally
            {
                Interlocked.Increment(ref _disposed);
            }
        }
    }
}
