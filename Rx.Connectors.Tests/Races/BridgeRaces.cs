using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Races;

/// <summary>A client pushes into a bridge while it is polled and closed: nothing is lost, repeated or left asleep.</summary>
internal static class BridgeRaces
{
    private static readonly Func<PositionedObservable<int, int>, PositionedObservable<int, int>> _several =
        static source => source.SelectMany(i => Enumerable.Repeat(i, i));

    public static IEnumerable<Race> All =>
    [
        new("bridge: a sender and a poller", () => SendAndPoll([1, 2, 3])),
        new("bridge: two senders", () => SendAndPoll([1], [11])),
        new("bridge: only full batches", () => SendAndPoll(Timeout.InfiniteTimeSpan, [1, 2, 3])),
        new("bridge: closed while it is sent to", Close),
        new("positions: a query that drops", () => Positions(static source => source.Where(i => i % 2 == 0), static i => i % 2 == 0 ? 1 : 0)),
        new("positions: a query that makes several of one", () => Positions(_several, static i => i)),
        new("positions: at rest", () => Positions(_several, static i => i, ends: false)),
    ];

    private static BridgeOptions Options(TimeSpan maxDelay) => new() { MaxBatchSize = 2, MaxBatchDelay = maxDelay, Capacity = 100 };

    private static Scene SendAndPoll(params int[][] sent) => SendAndPoll(TimeSpan.Zero, sent);

    private static Scene SendAndPoll(TimeSpan maxDelay, params int[][] sent)
    {
        var clock = new StillClock();
        var client = new Subject<int>();
        var partition = Bridge.From(client).ToPartition(Options(maxDelay));
        partition.Start(clock);
        var poller = new Poller<int>(partition, clock);
        var left = sent.Length;
        return new Scene(
            [
                .. sent.Select((items, i) => ($"sender {i}", (Action)(() => Send(items)))),
                ("poller", poller.Run),
                ("clock", () => clock.RunUntil(() => poller.IsOver)),
            ],
            () =>
            {
                foreach (var items in sent)
                {
                    WrongException.Unless(poller.Items.Intersect(items).SequenceEqual(items), $"read {string.Join(' ', poller.Items)}");
                }

                WrongException.Unless(poller.Items.Count == sent.Sum(static items => items.Length), $"read {string.Join(' ', poller.Items)}");
            });

        void Send(int[] items)
        {
            foreach (var item in items)
            {
                client.OnNext(item);
            }

            if (--left == 0)
            {
                client.OnCompleted();
            }
        }
    }

    private static Scene Close()
    {
        var clock = new StillClock();
        var client = new Subject<int>();
        var partition = Bridge.From(client).ToPartition(Options(TimeSpan.Zero));
        partition.Start(clock);
        var (isSent, isClosed) = (false, false);
        return new Scene(
            [
                ("sender", () =>
                {
                    client.OnNext(1);
                    client.OnNext(2);
                    client.OnNext(3);
                    isSent = true;
                }),
                ("closer", () =>
                {
                    partition.Dispose();
                    isClosed = true;
                }),
                ("clock", () => clock.RunUntil(() => isSent && isClosed)),
            ],
            () => WrongException.Unless(!client.HasObservers, "the client is still subscribed to"));
    }

    private static Scene Positions(Func<PositionedObservable<int, int>, PositionedObservable<int, int>> query, Func<int, int> outputs, bool ends = true)
    {
        const int last = 2;
        var clock = new StillClock();
        var client = new Subject<int>();
        var partition = Bridge.From(client, i => i + 1).Query(query).ToPartition(ResumeState<int>.None, Options(TimeSpan.Zero));
        partition.Start(clock);
        string? mistake = null;
        Poller<int>? poller = null;
        poller = new Poller<int>(partition, clock, () => mistake ??= Passed());
        return new Scene(
            [
                ("sender", () =>
                {
                    for (var i = 1; i <= last; i++)
                    {
                        client.OnNext(i);
                    }

                    if (ends)
                    {
                        client.OnCompleted();
                    }
                }),
                ("poller", poller.Run),
                ("clock", () => clock.RunUntil(() => poller.IsOver)),
            ],
            () =>
            {
                WrongException.Unless(mistake is null, mistake!);
                WrongException.Unless(Outputs(last) == poller.Items.Count, $"read {string.Join(' ', poller.Items)}");
                WrongException.Unless(
                    partition.Snapshot().GetValueOrDefault(0) == last + 1, $"ends at the position {partition.Snapshot()}");
            })
        {
            // Without an end, nothing is left to be done.
            MayRest = !ends,
        };

        // Of the inputs before the position everything must have been handed out.
        string? Passed()
        {
            var position = partition.Snapshot();
            var before = position.GetValueOrDefault(1) - 1;
            return Outputs(before) > poller!.Items.Count ? $"at the position {position} only {string.Join(' ', poller.Items)} were read" : null;
        }

        int Outputs(int through) => Enumerable.Range(1, through).Sum(outputs);
    }
}
