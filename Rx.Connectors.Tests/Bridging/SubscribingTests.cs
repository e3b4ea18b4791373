using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>Clients and queries that do not come back from <c>Subscribe</c>: rules S1 and S10, on real threads.</summary>
[Trait("speed", "slow")]
public sealed class SubscribingTests
{
    [Theory]
    [InlineData("Subscribe")]
    [InlineData("Subscribe behind a query")]
    [InlineData("Subscribe with positions")]
    [InlineData("the query")]
    [InlineData("batches")]
    public async Task S1_S10_one_that_does_not_come_back_holds_up_neither_the_others_nor_the_stop(string where)
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        IDisposable Hang()
        {
            entered.Set();
            release.Wait(2 * Times.Patience);
            return Disposable.Empty;
        }

        var hung = Observable.Create<int>(_ => Hang());
        var options = new BridgeOptions { StopTimeout = TimeSpan.FromMilliseconds(1) };
        var bridge = where switch
        {
            "the query" => Bridge.From(Observable.Never<int>()).Query(_ =>
            {
                Hang();
                return Observable.Never<int>();
            }),
            "Subscribe behind a query" => Bridge.From(hung).Query(items => items.Select(i => i)),
            "batches" => Bridge.FromBatches(Observable.Create<IList<int>>(_ => Hang())),
            _ => Bridge.From(hung),
        };
        var written = new TaskCompletionSource();
        var flow = new Dataflow("beside");
        var sink = Bridge.To<int>((_, _) =>
        {
            written.TrySetResult();
            return Task.CompletedTask;
        }).ToSink();
        if (where == "Subscribe with positions")
        {
            flow.Input("hung", new OnePartition(() => Bridge.From(hung, i => i).ToPartition(ResumeState<int>.None, options))).Output("a", sink);
        }
        else
        {
            flow.Input("hung", bridge.ToSource(options)).Output("a", sink);
        }

        flow.Input("good", Bridge.From(Observable.Return(1).Concat(Observable.Never<int>())).ToSource(new BridgeOptions { MaxBatchDelay = TimeSpan.Zero }))
            .Output("b", sink);
        var run = flow.Start(new FlowOptions { CloseTimeout = TimeSpan.FromHours(1) });
        var token = TestContext.Current.CancellationToken;
        Assert.True(entered.Wait(Times.Patience, token));
        await written.Task.WaitAsync(Times.Patience, token);
        run.Stop();
        var result = await run.Completion.WaitAsync(Times.Patience, token);
        Assert.StartsWith("hung/", Assert.Single(result.NotClosed), StringComparison.Ordinal);
        release.Set();
    }

    [Theory]
    [InlineData(OverflowPolicy.Block, false)]
    [InlineData(OverflowPolicy.Block, true)]
    [InlineData(OverflowPolicy.DropOldest, false)]
    [InlineData(OverflowPolicy.DropOldest, true)]
    public async Task S10_a_client_that_sends_for_ever_inside_Subscribe_is_read_and_ends_after_the_stop(OverflowPolicy policy, bool hasQuery)
    {
        var ended = new TaskCompletionSource();
        var client = Observable.Create((Func<IObserver<int>, IDisposable>)(observer =>
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    observer.OnNext(i);
                }
            }
            finally
            {
                ended.SetResult();
            }
        }));
        var bridge = hasQuery ? Bridge.From(client).Query(items => items.Where(i => i % 2 == 0)) : Bridge.From(client);
        var written = new TaskCompletionSource();
        var flow = new Dataflow("endless");
        flow.Input("feed", bridge.ToSource(new BridgeOptions { Overflow = policy }))
            .Output("out", Bridge.To<int>((i, _) =>
            {
                if (i > 5_000)
                {
                    written.TrySetResult();
                }

                return Task.CompletedTask;
            }).ToSink());
        var run = flow.Start(new FlowOptions { CloseTimeout = TimeSpan.FromHours(1) });
        var token = TestContext.Current.CancellationToken;
        await written.Task.WaitAsync(Times.Patience, token);
        run.Stop();
        await run.Completion.WaitAsync(Times.Patience, token);
        await ended.Task.WaitAsync(Times.Patience, token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S10_in_virtual_time_a_client_that_floods_inside_Subscribe_ends_with_the_overflow(bool hasQuery)
    {
        var sent = 0;
        var client = Observable.Create<int>(observer =>
        {
            for (; sent < 1_000_000; sent++)
            {
                observer.OnNext(sent);
            }

            return Disposable.Empty;
        });
        var bridge = hasQuery ? Bridge.From(client).Query(items => items.Select(i => i)) : Bridge.From(client);
        using var partition = bridge.ToPartition(new BridgeOptions { MaxBatchSize = 5, Capacity = 5 });
        partition.Start(new VirtualScheduler());
        Assert.Equal([0, 1, 2, 3, 4], partition.NextBatch());
        Assert.Throws<BridgeOverflowException>(partition.NextBatch);
        Assert.InRange(sent, 5, 2_000);
    }

    [Fact]
    public async Task S10_a_connection_made_after_the_partition_was_closed_is_disposed()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var disposed = new TaskCompletionSource();
        var partition = Bridge.From(new Slow<int>(entered, release, disposed)).ToPartition(new BridgeOptions { StopTimeout = Timeout.InfiniteTimeSpan });
        var token = TestContext.Current.CancellationToken;
        var start = Task.Factory.StartNew(() => partition.Start(DefaultScheduler.Instance), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(entered.Wait(Times.Patience, token));
        var closed = partition.DisposeAsync().AsTask();
        Assert.False(closed.IsCompleted);
        release.Set();
        await disposed.Task.WaitAsync(Times.Patience, token);
        await closed.WaitAsync(Times.Patience, token);
        await start.WaitAsync(Times.Patience, token);
    }

    [Fact]
    public void What_a_client_sends_right_after_the_start_is_taken()
    {
        for (var i = 0; i < 1_000; i++)
        {
            using var subject = new Subject<int>();
            using var partition = Bridge.From(subject).Query(items => items.Select(item => item + 1)).ToPartition();
            partition.Start(DefaultScheduler.Instance);
            Assert.True(subject.HasObservers);
        }
    }

    private sealed class OnePartition(Func<StatefulSourcePartition<int, int>> build) : FixedPartitionedSource<int, int>
    {
        public override IReadOnlyList<string> ListPartitions() => ["0"];

        public override StatefulSourcePartition<int, int> BuildPartition(string stepId, string partitionKey, ResumeState<int> resumeState) => build();
    }

    private sealed class Slow<T>(ManualResetEventSlim entered, ManualResetEventSlim release, TaskCompletionSource disposed) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            entered.Set();
            Assert.True(release.Wait(Times.Patience));
            return Disposable.Create(disposed, static disposed => disposed.SetResult());
        }
    }
}
