using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Rule S9 for queries: those that read a client again, that never end with one input, and errors that say nothing.</summary>
public sealed class BadQueryTests
{
    private const int Many = 100_000;

    private readonly VirtualScheduler _clock = new();
    private StatelessSourcePartition<int>? _partition;
    private StatefulSourcePartition<int, int>? _positioned;

    public static TheoryData<string, Func<IObservable<int>, IObservable<int>>> Again => new()
    {
        { "Retry", items => items.Select(Fails).Retry() },
        { "Retry(3)", items => items.Select(Fails).Retry(3) },
        { "RetryWhen", items => items.Select(Fails).RetryWhen(errors => errors) },
        { "Repeat", items => items.Select(i => i).Repeat() },
        { "Catch", items => items.Select(Fails).Catch(items) },
        { "OnErrorResumeNext", items => items.Select(Fails).OnErrorResumeNext(items) },
        { "Concat", items => items.Concat(items) },
        { "Merge", items => items.Merge(items) },
    };

    [Theory]
    [MemberData(nameof(Again))]
    public void S9_a_query_that_subscribes_again_is_told_how_not_to(string name, Func<IObservable<int>, IObservable<int>> query)
    {
        using var partition = Bridge.From(new[] { 1, 2, 3 }.ToAsyncEnumerable()).Query(query).ToPartition();
        AssertTold(name, partition);
    }

    [Theory]
    [MemberData(nameof(Again))]
    public void S9_a_query_over_an_observable_that_subscribes_again_is_told_how_not_to(string name, Func<IObservable<int>, IObservable<int>> query)
    {
        using var partition = Bridge.From(Observable.Range(1, 3)).Query(query).ToPartition();
        AssertTold(name, partition);
    }

    [Fact]
    public void S9_a_query_with_positions_that_subscribes_again_is_told_how_not_to()
    {
        using var partition = Bridge.From(new[] { 1, 2, 3 }.ToAsyncEnumerable(), i => i)
            .Query(items => items.Select(Fails).Retry()).ToPartition(ResumeState<int>.None);
        AssertTold("Retry", partition);
    }

    [Fact]
    public void S3_where_a_query_tries_again_the_clients_own_error_is_inside()
    {
        using var source = new Subject<int>();
        using var partition = Bridge.From(source).Query(items => items.Retry()).ToPartition();
        partition.Start(_clock);
        source.OnNext(1);
        source.OnError(new IOException("reset"));
        Assert.Equal([1], partition.NextBatch());
        Assert.Equal("reset", Assert.Throws<InvalidOperationException>(partition.NextBatch).InnerException?.Message);
    }

    [Theory]
    [InlineData("observable")]
    [InlineData("query")]
    [InlineData("positions")]
    [InlineData("query with positions")]
    [InlineData("SelectAsync")]
    [InlineData("batches")]
    [InlineData("batched query")]
    public void S3_OnError_with_null_is_an_error_and_not_the_end(string kind)
    {
        var client = new Raw<int>(null);
        var batches = new Raw<IList<int>>(null);
        var none = ResumeState<int>.None;
        using SourcePartition<int> partition = kind switch
        {
            "observable" => Bridge.From(client).ToPartition(),
            "query" => Bridge.From(client).Query(items => items.Select(i => i)).ToPartition(),
            "positions" => Bridge.From(client, i => i).ToPartition(ResumeState<int>.None),
            "query with positions" => Bridge.From(client, i => i).Query(items => items.Where(i => i > 0)).ToPartition(none),
            "SelectAsync" => Bridge.From(client, i => i).Query(items => items.SelectAsync((i, _) => Task.FromResult(i), 1)).ToPartition(none),
            "batches" => Bridge.FromBatches(batches).ToPartition(),
            _ => Bridge.From(client).QueryBatches((items, _) => items.Buffer(10)).ToPartition(),
        };
        partition.Start(_clock);
        Assert.Contains("OnError(null)", Assert.Throws<InvalidOperationException>(partition.NextBatch).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void K3_OnError_with_null_in_a_write_is_a_failed_write()
    {
        using var sink = Bridge.To<int, Unit>(_ => new Raw<Unit>(null)).ToPartition();
        sink.Start(_clock);
        var failed = Assert.Single(Assert.Throws<SinkWriteException>(() => sink.WriteBatch([1])).Failed);
        Assert.Contains("OnError(null)", failed.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Rx", "Dispose")]
    [InlineData("Rx", "overflow")]
    [InlineData("Rx behind another query", "Dispose")]
    [InlineData("Rx behind another query", "overflow")]
    [InlineData("own", "Dispose")]
    [InlineData("own", "overflow")]
    [InlineData("own", "End")]
    [InlineData("Split", "Dispose")]
    [InlineData("Split", "overflow")]
    [InlineData("Split", "End")]
    [InlineData("With", "Dispose")]
    [InlineData("With", "overflow")]
    public void S10_parts_without_end_stop_when_nobody_takes_them(string kind, string end)
    {
        using var source = new Subject<int>();
        var made = 0;
        IEnumerable<int> Endless()
        {
            for (; made < Many; made++)
            {
                if (made == 50 && end == "Dispose")
                {
                    _partition?.Dispose();
                    _positioned?.Dispose();
                }

                yield return made;
            }
        }

        var options = new BridgeOptions
        {
            MaxBatchSize = 5,
            Capacity = end == "overflow" ? 20 : 1_000,
            Overflow = end == "overflow" ? OverflowPolicy.Fail : OverflowPolicy.DropWrite,
        };
        var bridge = Bridge.From(source);
        var positioned = Bridge.From(source, i => i);
        var none = ResumeState<int>.None;
        IObservable<Positioned<int, int>> Cut(IObservable<Positioned<int, int>> items) => end == "End" ? items.Take(3) : items;
        switch (kind)
        {
            case "Rx":
                _partition = bridge.Query(items => items.SelectMany(_ => Endless())).ToPartition(options);
                break;
            case "Rx behind another query":
                _partition = bridge.Query(items => items.SelectMany(_ => Endless())).Query(items => items.Select(i => i)).ToPartition(options);
                break;
            case "own":
                _positioned = positioned.Query(items => Cut(items.SelectMany(_ => Endless()))).ToPartition(none, options);
                break;
            case "Split":
                _positioned = positioned.Query(items => Cut(Observable.SelectMany(items, p => p.SelectParts(Endless())))).ToPartition(none, options);
                break;
            default:
                _positioned = positioned.Query(items => Observable.SelectMany(items, p => Endless().Select(i => p.WithValue(i)))).ToPartition(none, options);
                break;
        }

        SourcePartition<int> partition = _partition is null ? _positioned! : _partition;
        partition.Start(_clock);
        source.OnNext(1);
        Assert.InRange(made, 3, 60);
        Assert.False(source.HasObservers);
        partition.Dispose();
        Assert.Equal(0, _clock.Pending);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S10_parts_without_end_stop_when_another_thread_closes(bool isStream)
    {
        using var source = new Subject<int>();
        using var inside = new ManualResetEventSlim();
        var stopped = new TaskCompletionSource();
        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    if (i == 100)
                    {
                        inside.Set();
                    }

                    yield return i;
                }
            }
            finally
            {
                stopped.SetResult();
            }
        }

        var bridge = isStream ? Bridge.From(new[] { 1 }.ToAsyncEnumerable()) : Bridge.From(source);
        var partition = bridge.Query(items => items.SelectMany(_ => Endless()))
            .ToPartition(new BridgeOptions { Overflow = OverflowPolicy.DropOldest });
        partition.Start(DefaultScheduler.Instance);
        var sender = Task.Factory.StartNew(() => source.OnNext(1), TaskCreationOptions.LongRunning);
        var token = TestContext.Current.CancellationToken;
        Assert.True(inside.Wait(Times.Patience, token));
        partition.Dispose();
        await stopped.Task.WaitAsync(Times.Patience, token);
        await sender.WaitAsync(Times.Patience, token);
        await partition.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S6_Block_on_the_workers_thread_is_an_error_whatever_the_bridges_clock(bool hasClock)
    {
        using var source = new Subject<int>();
        var flow = new Dataflow("itself");
        flow.Input("feed", Bridge.From(source).ToSource(new BridgeOptions
        {
            MaxBatchSize = 1,
            Capacity = 1,
            Overflow = OverflowPolicy.Block,
            Scheduler = hasClock ? DefaultScheduler.Instance : null,
        })).Select(
            i =>
            {
                // Back into the source, on the thread that polls it.
                source.OnNext(i + 1);
                source.OnNext(i + 2);
                return i;
            },
            "feedback").Output("out", HangingClientTests.Ignore());
        var run = flow.Start();
        var token = TestContext.Current.CancellationToken;
        await RealPolls.Until(() => source.HasObservers);
        source.OnNext(1);
        var error = await Assert.ThrowsAsync<FlowException>(() => run.Completion.WaitAsync(Times.Patience, token));
        Assert.Contains("rule S6", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("wait for itself", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void S8_after_a_busy_second_an_idle_bridge_names_no_time_and_owns_no_timer()
    {
        using var source = new Subject<int>();
        using var host = new PollHost<int>(Bridge.From(source, i => i).Query(items => items.Where(i => i >= 0)).ToPartition(
            ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 10, MaxBatchDelay = TimeSpan.FromMilliseconds(100) }), _clock);
        for (var i = 0; i < 1_000; i++)
        {
            _clock.AdvanceBy(TimeSpan.TicksPerMillisecond);
            source.OnNext(i);
        }

        var polls = host.Polls;
        _clock.AdvanceBy(TimeSpan.TicksPerHour);
        Assert.Equal(Enumerable.Range(0, 1_000), host.Items);
        Assert.InRange(host.Polls - polls, 0, 2);
        Assert.Equal(0, _clock.Pending);
    }

    [Fact]
    public void S8_a_flow_over_a_thousand_bridges_does_nothing_after_a_busy_second()
    {
        var sources = Enumerable.Range(0, 100).Select(_ => new Subject<int>()).ToArray();
        var flow = new Dataflow("idle");
        for (var i = 0; i < sources.Length; i++)
        {
            flow.Input($"in{i}", Bridge.From(sources[i]).ToSource(new BridgeOptions { MaxBatchSize = 10 })).Output($"out{i}", HangingClientTests.Ignore());
        }

        var run = flow.Start(new FlowOptions { Scheduler = _clock });
        for (var i = 0; i < 100; i++)
        {
            _clock.AdvanceBy(10 * TimeSpan.TicksPerMillisecond);
            foreach (var source in sources)
            {
                source.OnNext(i);
            }
        }

        // The last delay, and the flow's own epochs and progress.
        _clock.AdvanceBy(2 * TimeSpan.TicksPerSecond);
        var actions = _clock.Actions;
        _clock.AdvanceBy(TimeSpan.TicksPerMinute);
        Assert.InRange(_clock.Actions - actions, 0, 200);
        run.Stop();
        _clock.RunToEnd(run);
    }

    private static int Fails(int i) => i == 2 ? throw new IOException("at 2") : i;

    private void AssertTold(string name, SourcePartition<int> partition)
    {
        partition.Start(_clock);
        _clock.Start();
        Exception? error = null;
        try
        {
            while (partition.NextBatch() is { Count: > 0 })
            {
            }
        }
        catch (InvalidOperationException told)
        {
            error = told;
        }

        Assert.True(error is not null, name);
        Assert.Contains("Publish", error.Message, StringComparison.Ordinal);
        Assert.Contains("reconnect", error.Message, StringComparison.Ordinal);
    }

    private sealed class Raw<T>(Exception? error) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            observer.OnError(error!);
            return Disposable.Empty;
        }
    }
}
