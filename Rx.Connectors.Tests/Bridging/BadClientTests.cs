using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S9: whatever a client does, no batch is corrupted and the process lives; what it delivered is handed out.</summary>
public sealed class BadClientTests
{
    private readonly VirtualScheduler _clock = new();

    [Fact]
    [Trait("speed", "slow")]
    public async Task S9_OnNext_from_many_threads_at_once_loses_and_invents_nothing()
    {
        const int Threads = 8;
        const int Each = 20_000;
        var client = new LooseObservable<int>();
        await using var partition = Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero, Overflow = OverflowPolicy.Block });
        Assert.Equal([], partition.NextBatch());
        var end = SendFromManyThreads(client, Threads, Each);
        var items = await partition.ReadToEndAsync();
        await end;
        Assert.Equal(Enumerable.Range(0, Threads * Each), items.Order());
        foreach (var thread in Enumerable.Range(0, Threads))
        {
            var own = items.Where(item => item / Each == thread);
            Assert.Equal(own.Order(), own);
        }
    }

    [Fact]
    public async Task S9_OnNext_from_many_threads_at_once_through_a_query_is_brought_into_one_order()
    {
        const int Threads = 8;
        const int Each = 5_000;
        var client = new LooseObservable<int>();
        var inside = 0;
        var overlapped = false;
        await using var partition = Bridge.From(client, i => i)
            .Query(items => items.Do(_ =>
            {
                // Rx's operators rely on one call at a time.
                overlapped |= Interlocked.Increment(ref inside) > 1;
                // Long enough for another thread to come in, were it let in.
                Thread.SpinWait(50);
                Interlocked.Decrement(ref inside);
            }))
            .ToPartition(
                ResumeState<int>.None,
                new BridgeOptions { MaxBatchDelay = TimeSpan.Zero, Overflow = OverflowPolicy.Block });
        Assert.Equal([], partition.NextBatch());
        var end = SendFromManyThreads(client, Threads, Each);
        var items = await partition.ReadToEndAsync();
        await end;
        Assert.Equal(Enumerable.Range(0, Threads * Each), items.Order());
        Assert.False(overlapped);
    }

    [Fact]
    public void S9_what_comes_after_the_end_is_ignored()
    {
        var client = new LooseObservable<int>();
        using var partition = Started(client);
        client.Observer.OnNext(1);
        client.Observer.OnCompleted();
        client.Observer.OnNext(2);
        client.Observer.OnError(new IOException());
        client.Observer.OnCompleted();
        Assert.Equal([1], partition.NextBatch());
        Assert.Null(partition.NextBatch());
    }

    [Fact]
    public void S9_the_first_error_counts()
    {
        var client = new LooseObservable<int>();
        using var partition = Started(client);
        client.Observer.OnError(new IOException("first"));
        client.Observer.OnError(new IOException("second"));
        client.Observer.OnCompleted();
        Assert.Equal("first", Assert.Throws<IOException>(partition.NextBatch).Message);
        Assert.Equal("first", Assert.Throws<IOException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_an_exception_in_Subscribe_is_an_error_of_the_source()
    {
        using var partition = Started(new ThrowingObservable<int>(items: 2));
        Assert.Equal([0, 1], partition.NextBatch());
        Assert.Equal("in Subscribe", Assert.Throws<IOException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_an_exception_in_Subscribe_inside_a_query_is_an_error_of_the_source()
    {
        using var partition = Bridge.From(new ThrowingObservable<int>(items: 2)).Query(items => items.Select(i => i + 1))
            .ToPartition();
        partition.Start(_clock);
        Assert.Equal([1, 2], partition.NextBatch());
        Assert.Equal("in Subscribe", Assert.Throws<IOException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_an_exception_in_GetAsyncEnumerator_is_an_error_of_the_source()
    {
        using var partition = Bridge.From(new ThrowingStream()).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal("in GetAsyncEnumerator", Assert.Throws<IOException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_an_exception_in_MoveNextAsync_disposes_the_client_and_comes_after_its_items()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(1, 7), new Step(2, null, Error: new IOException("reset"))]);
        using var partition = Bridge.From(client).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([7], partition.NextBatch());
        Assert.Equal("reset", Assert.Throws<IOException>(partition.NextBatch).Message);
        Assert.Equal(1, client.Disposed);
        Assert.False(client.Overlapped);
    }

    [Fact]
    public void S9_an_exception_in_DisposeAsync_is_an_error_and_not_the_end()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(1, 7), new Step(2, null, Ends: true)])
        {
            DisposeError = new IOException("in DisposeAsync"),
        };
        using var partition = Bridge.From(client).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([7], partition.NextBatch());
        Assert.Equal("in DisposeAsync", Assert.Throws<IOException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_an_exception_in_DisposeAsync_does_not_hide_the_error_before_it()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(1, null, Error: new IOException("reset"))])
        {
            DisposeError = new IOException("in DisposeAsync"),
        };
        using var partition = Bridge.From(client).ToPartition();
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal("reset", Assert.Throws<IOException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_a_query_that_cannot_be_composed_is_an_error_of_the_source()
    {
        using var partition = Bridge.From(Observable.Never<int>())
            .Query<int>(_ => throw new InvalidOperationException("in the query")).ToPartition();
        partition.Start(_clock);
        Assert.Equal("in the query", Assert.Throws<InvalidOperationException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_an_operator_that_throws_out_of_OnNext_does_not_reach_the_client()
    {
        var client = new LooseObservable<int>();
        using var partition = Bridge.From(client)
            .Query(items => new ThrowingOperator(items)).ToPartition();
        partition.Start(_clock);
        client.Observer.OnNext(1);
        client.Observer.OnNext(2);
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal("at 2", Assert.Throws<InvalidOperationException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_a_position_that_cannot_be_told_is_an_error_of_the_source()
    {
        using var partition = Bridge.From(Enumerable.Range(0, 5).ToAsyncEnumerable(), i => i == 3 ? throw new IOException("at 3") : i + 1)
            .ToPartition(ResumeState<int>.None);
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([0, 1, 2], partition.NextBatch());
        Assert.Equal("at 3", Assert.Throws<IOException>(partition.NextBatch).Message);
    }

    [Fact]
    public void S9_a_client_that_hangs_costs_nothing_and_can_be_closed()
    {
        var client = new ScriptedClient<int>(_clock, [new Step(1, 7)], obeys: false);
        var partition = Bridge.From(client).ToPartition(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero });
        partition.Start(_clock);
        _clock.Start();
        Assert.Equal([7], partition.NextBatch());
        Assert.Equal([], partition.NextBatch());
        partition.Dispose();
        Assert.True(client.IsCancelled);
        // Its read has not ended: to dispose it now would be a second call at once.
        Assert.Equal(0, client.Disposed);
        Assert.False(client.Overlapped);
    }

    [Fact]
    public void S9_null_instead_of_a_batch_is_an_error_of_the_source()
    {
        using var partition = Bridge.FromBatches(Observable.Return<IList<int>>(null!)).ToPartition();
        partition.Start(_clock);
        Assert.Contains("null", Assert.Throws<InvalidOperationException>(partition.NextBatch).Message, StringComparison.Ordinal);
    }

    /// <summary>Each thread sends numbers of its own, and after the last of them the client ends.</summary>
    private static async Task SendFromManyThreads(LooseObservable<int> client, int threads, int each)
    {
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                client.Observer.OnNext((thread * each) + i);
            }
        })));
        client.Observer.OnCompleted();
    }

    private StatelessSourcePartition<int> Started(IObservable<int> client)
    {
        var partition = Bridge.From(client).ToPartition();
        partition.Start(_clock);
        return partition;
    }

    /// <summary>Gives its observer away, to be called against Rx's grammar.</summary>
    private sealed class LooseObservable<T> : IObservable<T>
    {
        public IObserver<T> Observer { get; private set; } = null!;

        public IDisposable Subscribe(IObserver<T> observer)
        {
            Observer = observer;
            return Disposable.Empty;
        }
    }

    private sealed class ThrowingObservable<T>(int items) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            for (var i = 0; i < items; i++)
            {
                observer.OnNext(i);
            }

            throw new IOException("in Subscribe");
        }
    }

    private sealed class ThrowingStream : IAsyncEnumerable<int>
    {
        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            throw new IOException("in GetAsyncEnumerator");
    }

    private sealed class ThrowingOperator(IObservable<int> source) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer) => source.Subscribe(Observer.Create<int>(i =>
        {
            if (i == 2)
            {
                throw new InvalidOperationException("at 2");
            }

            observer.OnNext(i);
        }));
    }
}
