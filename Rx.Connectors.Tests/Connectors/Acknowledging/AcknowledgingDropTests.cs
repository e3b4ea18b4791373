using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using Rx.Connectors.Acknowledging;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Acknowledging;

/// <summary>A broker that sends nothing more until what it sent is acknowledged, though the query drops it.</summary>
public sealed class AcknowledgingDropTests
{
    private const int Deliveries = 10;

    private static readonly Dictionary<string, Func<PositionedObservable<int, long>, IScheduler, IObservable<Positioned<int, long>>>> _queries = new()
    {
        ["Where"] = (source, _) => source.Where(IsWanted),
        ["Where, Where"] = (source, _) => source.Where(i => i > 0).Where(IsWanted).Select(i => i),
        ["OfType"] = (source, _) => source.Select(i => IsWanted(i) ? (object)i : "no number").OfType<int>(),
        ["Discard"] = (source, _) => Observable.Where(source, item =>
        {
            if (!IsWanted(item.Value))
            {
                item.Discard();
            }

            return IsWanted(item.Value);
        }),
        ["SelectMany to nothing"] = (source, _) => source.SelectMany(i => Enumerable.Repeat(i, IsWanted(i) ? 1 : 0)),
        ["SelectMany, Where"] = (source, _) => source.SelectMany(i => new[] { i, -i }).Where(IsWanted),
        ["DistinctUntilChanged"] = (source, _) => source.Select(i => IsWanted(i) ? i : -1).DistinctUntilChanged().Where(i => i >= 0),
        ["SelectAsync, Where"] = (source, clock) => source.SelectAsync(async (i, _) => await Observable.Timer(3.Ticks(), clock).Select(_ => i), 2).Where(IsWanted),
        ["Delay, Where"] = (source, clock) => source.Delay(3.Ticks(), clock).AsPositioned().Where(IsWanted),
        ["Rx Where, at once"] = (source, _) => source.DroppingAtOnce(all => all.Where(item => IsWanted(item.Value))),
        ["Rx SelectMany, at once"] = (source, _) =>
            source.DroppingAtOnce(all => all.SelectMany(item => IsWanted(item.Value) ? [item] : Array.Empty<Positioned<int, long>>())),
    };

    private readonly VirtualScheduler _clock = new();

    public static TheoryData<string, int> Queries => [.. _queries.Keys.SelectMany(name => new[] { (name, 1), (name, 3) })];

    [Theory]
    [MemberData(nameof(Queries))]
    public void S13_a_delivery_that_the_query_drops_is_acknowledged_and_the_next_one_comes(string query, int prefetch)
    {
        var broker = new PrefetchConsumer(prefetch, _clock);
        var written = new List<int>();
        var flow = new Dataflow("acks");
        flow.Input("in", new PrefetchSource(broker, deliveries => _queries[query](deliveries, _clock)))
            .Output("out", Bridge.To<int>((i, _) =>
            {
                written.Add(i);
                return Task.CompletedTask;
            }).ToSink());
        var run = flow.Start(new FlowOptions { Scheduler = _clock, EpochInterval = 10.Ticks() });
        _clock.AdvanceTo(200_000_000);
        Assert.Equal(Enumerable.Range(0, Deliveries), broker.Acked);
        Assert.Equal(Enumerable.Range(0, Deliveries).Where(IsWanted), written);
        run.Stop();
        _clock.Start();
        Assert.Equal(FlowOutcome.Stopped, run.Completion.GetAwaiter().GetResult().Outcome);
    }

    private static bool IsWanted(int i) => i % 4 == 1;

    private sealed class PrefetchSource(
        PrefetchConsumer consumer, Func<PositionedObservable<int, long>, IObservable<Positioned<int, long>>> query)
        : AcknowledgingSource<int, int>
    {
        protected override ValueTask<DeliveryConsumer<int>> OpenAsync(int consumer1, CancellationToken cancellationToken) => new(consumer);

        protected override IObservable<Positioned<int, long>> Query(PositionedObservable<int, long> deliveries) => query(deliveries);
    }

    private sealed class PrefetchConsumer(int prefetch, IScheduler clock) : DeliveryConsumer<int>
    {
        public List<int> Acked { get; } = [];

        public override async IAsyncEnumerable<int> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; !cancellationToken.IsCancellationRequested;)
            {
                if (i < Deliveries && i - Acked.Count < prefetch)
                {
                    yield return i++;
                }
                else
                {
                    await Observable.Timer(10_000.Ticks(), clock);
                }
            }
        }

        public override ValueTask AckAsync(IReadOnlyList<int> deliveries, CancellationToken cancellationToken)
        {
            Acked.AddRange(deliveries);
            return ValueTask.CompletedTask;
        }
    }
}
