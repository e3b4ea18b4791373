using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Races;

/// <summary>A thread sends in a run, without the lock, while its items are polled and others come beside it.</summary>
internal static class RunRaces
{
    private static readonly BridgeOptions _options = new() { MaxBatchSize = 3, MaxBatchDelay = TimeSpan.FromTicks(1), Capacity = 100 };

    public static IEnumerable<Race> All =>
    [
        new("runs: a run and a poller", () => Send(other: false)),
        new("runs: a run and another sender", () => Send(other: true)),
        new("runs: positions", Positions),
    ];

    private static Scene Send(bool other)
    {
        var clock = new StillClock();
        var feed = new RunFeed();
        var partition = new BridgedPartition<int>(feed, BridgeSettings.Check(_options));
        partition.Start(clock);
        var poller = new Poller<int>(partition, clock);
        var isSent = false;
        // What it has sent before it blocks its thread is not held back (rule S7). Beside another sender it is read at the end: orders enough.
        List<(string, Action)> participants = other
            ? [("run", () => feed.Run(static () => true, () => isSent, 1, 2, 3)), ("other", SendOther)]
            :
            [
                ("run", () => feed.Run(() => poller.Items.Count == 2, static () => true, 1, 2, 3, 4)),
                ("poller", poller.Run),
                ("clock", () => clock.RunUntil(() => poller.IsOver)),
            ];
        return new Scene(
            [.. participants],
            () =>
            {
                var items = poller.Items.Concat(other ? ReadAll() : []).ToList();
                WrongException.Unless(items.Where(static i => i < 10).SequenceEqual(other ? [1, 2, 3] : [1, 2, 3, 4]), $"read {string.Join(' ', items)}");
                WrongException.Unless(items.Where(static i => i > 10).SequenceEqual(other ? [11] : []), $"read {string.Join(' ', items)}");
            });

        void SendOther()
        {
            feed.Target!.OnNext(11);
            isSent = true;
        }

        IEnumerable<int> ReadAll()
        {
            while (partition.NextBatch() is { } batch)
            {
                foreach (var item in batch)
                {
                    yield return item;
                }
            }
        }
    }

    private static Scene Positions()
    {
        var clock = new StillClock();
        var feed = new RunFeed();
        var partition = new PositionedSourceBridge<int, int>(new DirectPlan<int, int>(new PositionFeed<int, int>(feed, static i => i + 1)))
            .Query(static source => source.Where(static i => i != 2)).ToPartition(ResumeState<int>.None, _options);
        partition.Start(clock);
        string? mistake = null;
        Poller<int>? poller = null;
        poller = new Poller<int>(partition, clock, () =>
        {
            var before = partition.Snapshot().GetValueOrDefault(1) - 1;
            mistake ??= poller!.Items.Count < Enumerable.Range(1, before).Count(static i => i != 2)
                ? $"at the position {partition.Snapshot()} only {string.Join(' ', poller.Items)} were read" : null;
        });
        return new Scene(
            [
                ("run", () => feed.Run(static () => true, static () => true, 1, 2, 3, 4, 5)),
                ("poller", poller.Run),
                ("clock", () => clock.RunUntil(() => poller.IsOver)),
            ],
            () =>
            {
                WrongException.Unless(mistake is null, mistake!);
                WrongException.Unless(poller.Items.SequenceEqual([1, 3, 4, 5]), $"read {string.Join(' ', poller.Items)}");
                WrongException.Unless(
                    partition.Snapshot().GetValueOrDefault(0) == 6, $"ends at the position {partition.Snapshot()}");
            });
    }

    /// <summary>Sends when it is told to, as the pump of a stream does.</summary>
    private sealed class RunFeed : Feed<int>
    {
        private IDemand? _demand;

        public IFeedTarget<int>? Target { get; private set; }

        public override bool CanPause => true;

        public override bool SendsInRuns => true;

        public override bool IsCalledInConnect => false;

        public override FeedConnection Connect(IFeedTarget<int> target, IDemand demand, IScheduler scheduler)
        {
            Target = target;
            _demand = demand;
            return new FeedConnection(Disposable.Empty, static () => Task.CompletedTask);
        }

        public void Run(Func<bool> mayGoOn, Func<bool> mayEnd, params int[] items)
        {
            _demand!.BeginRun();
            for (var i = 0; i < items.Length; i++)
            {
                if (i == 2)
                {
                    Turns.WaitUntil(mayGoOn, "the poller");
                }

                Target!.OnNext(items[i]);
            }

            _demand.EndRun();
            Turns.WaitUntil(mayEnd, "the others");
            Target!.OnCompleted();
        }
    }
}
