using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Bridging;

/// <summary>What is sent, met by polls and by other threads. The host polls when it is asked to, and never else.</summary>
[Trait("speed", "slow")]
public sealed class HandOverThreadTests
{
    private const int Bursts = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task S8_a_stream_that_waits_for_its_items_to_be_handed_out_never_waits_in_vain(int delayInMilliseconds)
    {
        using var handedOut = new SemaphoreSlim(0);
        using var partition = Bridge.From(Stream(handedOut)).Query(source => source.Select(i => i))
            .ToPartition(new BridgeOptions { MaxBatchSize = 8, Capacity = 20, MaxBatchDelay = TimeSpan.FromMilliseconds(delayInMilliseconds) });
        Assert.Equal(Enumerable.Range(0, Sent), await ObedientHost(partition, handedOut));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task S8_a_thread_that_pushes_and_waits_never_waits_in_vain(int delayInMilliseconds)
    {
        using var handedOut = new SemaphoreSlim(0);
        using var subject = new Subject<int>();
        using var partition = Bridge.From((IObservable<int>)subject).Query(source => source.Select(i => i)).ToPartition(new BridgeOptions
        {
            MaxBatchSize = 8,
            Capacity = 20,
            MaxBatchDelay = TimeSpan.FromMilliseconds(delayInMilliseconds),
            Overflow = OverflowPolicy.Block,
        });
        partition.Start(DefaultScheduler.Instance);
        var sender = Task.Factory.StartNew(
            () =>
            {
                foreach (var burst in Lengths())
                {
                    for (var i = 0; i < burst.Length; i++)
                    {
                        subject.OnNext(burst.First + i);
                        Thread.SpinWait(burst.Spin);
                    }

                    for (var i = 0; i < burst.Length; i++)
                    {
                        Assert.True(handedOut.Wait(Times.Patience), $"burst {burst} was not handed out");
                    }
                }

                subject.OnCompleted();
            },
            TaskCreationOptions.LongRunning);
        Assert.Equal(Enumerable.Range(0, Sent), await ObedientHost(partition, handedOut));
        await sender;
    }

    [Fact]
    public async Task S2_S9_what_other_threads_let_out_of_the_query_beside_it_is_neither_lost_nor_out_of_order()
    {
        const int each = 20_000;
        for (var round = 0; round < 20; round++)
        {
            using var others = new Subject<int>();
            // Two threads let items out at once, which Rx forbids and clients do.
            using var partition = Bridge.From(Numbers(each)).Query(source => Observable.Create<int>(observer =>
            {
                var inner = source.Subscribe(observer.OnNext);
                var outer = others.Subscribe(observer.OnNext, observer.OnCompleted);
                return StableCompositeDisposable.Create(inner, outer);
            })).ToPartition(new BridgeOptions { MaxBatchSize = 50 });
            partition.Start(DefaultScheduler.Instance);
            var read = 0;
            var sender = Task.Factory.StartNew(
                () =>
                {
                    for (var i = 0; i < each; i++)
                    {
                        others.OnNext(-1 - i);
                    }

                    SpinWait.SpinUntil(() => Volatile.Read(ref read) >= each, Times.Patience);
                    others.OnCompleted();
                },
                TaskCreationOptions.LongRunning);
            var items = await ObedientHost(partition, null, i => read += i >= 0 ? 1 : 0);
            await sender;
            Assert.Equal(Enumerable.Range(0, each), items.Where(i => i >= 0));
            Assert.Equal(Enumerable.Range(0, each), items.Where(i => i < 0).Select(i => -1 - i));
        }
    }

    [Fact]
    public async Task S6_a_thread_that_sends_takes_no_room_from_a_result_that_leaves_on_another()
    {
        using var subject = new Subject<int>();
        using var inside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var first = new TaskCompletionSource<int>();
        using var partition = Bridge.From(subject, i => i)
            .Query(source => source
                .Select(i =>
                {
                    if (i == 2)
                    {
                        inside.Set();
                        Assert.True(goOn.Wait(Times.Patience));
                    }

                    return i;
                })
                .SelectAsync((i, _) => i == 1 ? first.Task : Task.FromResult(i), 1))
            .ToPartition(ResumeState<int>.None, new BridgeOptions { MaxBatchSize = 1, Capacity = 1 });
        partition.Start(DefaultScheduler.Instance);
        subject.OnNext(1);
        var sender = Task.Factory.StartNew(() => subject.OnNext(2), TaskCreationOptions.LongRunning);
        Assert.True(inside.Wait(Times.Patience, TestContext.Current.CancellationToken));
        // The one item that there is room for, let out here while the other thread is still sending the next.
        first.SetResult(1);
        Assert.Equal([1], partition.NextBatch());
        goOn.Set();
        await sender;
        Assert.Equal([2], partition.NextBatch());
    }

    [Theory]
    [InlineData("a list of With")]
    [InlineData("a lazy sequence of With")]
    [InlineData("Concat of With")]
    [InlineData("Split")]
    [InlineData("Split and ObserveOn")]
    public async Task S5_a_poll_that_meets_the_first_part_of_an_input_never_takes_it_for_the_whole(string parts)
    {
        const int inputs = 10_000;
        using var subject = new Subject<int>();
        using var elsewhere = new EventLoopScheduler();
        using var partition = Bridge.From(subject, i => i + 1).Query(source => Parts(source, parts, elsewhere)).ToPartition(
            ResumeState<int>.None,
            new BridgeOptions { MaxBatchSize = 7, Capacity = 1_000, MaxBatchDelay = TimeSpan.Zero, Overflow = OverflowPolicy.Block });
        partition.Start(DefaultScheduler.Instance);
        var sender = Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < inputs; i++)
                {
                    subject.OnNext(i);
                }

                subject.OnCompleted();
            },
            TaskCreationOptions.LongRunning);
        var handedOut = 0;
        while (partition.NextBatch() is { } batch)
        {
            handedOut += batch.Count;
            var position = partition.Snapshot();
            var (into, taken, _) = position.Rest ?? new QueryRest(0, 0, []);
            var whole = position.GetValueOrDefault(0);
            Assert.Equal(handedOut, (3 * whole) + (into > 0 ? (3 * ((int)into - 1)) + taken : 0));
        }

        await sender;
        Assert.Equal(3 * inputs, handedOut);
    }

    private static IObservable<Positioned<int, int>> Parts(
        PositionedObservable<int, int> source, string kind, EventLoopScheduler elsewhere) => kind switch
        {
            "a list of With" => source.SelectMany(p => new[] { p.WithValue(0), p.WithValue(1), p.WithValue(2) }),
            "a lazy sequence of With" => source.SelectMany(p => Enumerable.Range(0, 3).Select(part => p.WithValue(part))),
            "Concat of With" => Observable.Concat(((IObservable<Positioned<int, int>>)source)
                .Select(p => Observable.Range(0, 3).Select(part => p.WithValue(part)))),
            "Split" => source.SelectMany(_ => Enumerable.Range(0, 3)),
            _ => source.SelectMany(_ => Enumerable.Range(0, 3)).ObserveOn(elsewhere),
        };

    private static int Sent => Lengths().Sum(static burst => burst.Length);

    private static IEnumerable<(int First, int Length, int Spin)> Lengths()
    {
        var random = new Random(1);
        var first = 0;
        for (var burst = 0; burst < Bursts; burst++)
        {
            var length = random.Next(1, 40);
            yield return (first, length, random.Next(3) == 0 ? random.Next(3_000) : 0);
            first += length;
        }
    }

    private static async IAsyncEnumerable<int> Stream(SemaphoreSlim handedOut)
    {
        foreach (var burst in Lengths())
        {
            for (var i = 0; i < burst.Length; i++)
            {
                yield return burst.First + i;
                Thread.SpinWait(burst.Spin);
            }

            for (var i = 0; i < burst.Length; i++)
            {
                Assert.True(await handedOut.WaitAsync(Times.Patience), $"burst {burst} was not handed out");
            }
        }
    }

    private static async IAsyncEnumerable<int> Numbers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 64 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }

    private static async Task<List<int>> ObedientHost(SourcePartition<int> partition, SemaphoreSlim? handedOut, Action<int>? seen = null)
    {
        var items = new List<int>();
        await partition.ReadToEndAsync(batch =>
        {
            foreach (var item in batch)
            {
                items.Add(item);
                seen?.Invoke(item);
            }

            handedOut?.Release(batch.Count);
        });
        return items;
    }
}
