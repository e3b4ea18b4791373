using System.Diagnostics;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Flows;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// From OnNext on one thread to the item in the sink of a flow whose worker sleeps, in microseconds. Pinned, the two threads have to
/// take turns on the core.
/// </summary>
internal static class WakeWorkload
{
    private const string Bare = "SemaphoreSlim, bare (floor)";
    private const string P99 = "p99_us";
    private const string P50 = "p50_us";
    // Of a contender's own start; that the code is compiled for good takes the workload's.
    private const int First = 100;
    private static readonly TimeSpan _asleep = TimeSpan.FromMilliseconds(1);

    private static readonly Mark _median =
        Mark.AtMost("p50, to a bare semaphore's: at most 1.2", 1.2, Mark.Ratio(P50, Contender.Ours, Bare));

    private static readonly Mark _tail =
        Mark.AtMost("p99, to a bare semaphore's: at most 1.5", 1.5, Mark.Ratio(P99, Contender.Ours, Bare));

    public static Workload Make() => new()
    {
        Name = "wake",
        Items = 400,
        WarmUp = 100,
        MaxRounds = 5,
        HasOwnTime = true,
        Contenders = [new(Contender.Ours, Ours), new(Bare, Semaphore)],
        Marks = [_median, _median.Pinned, _tail, _tail.Pinned],
    };

    private static Measured Ours(int items)
    {
        using var subject = new Subject<int>();
        var arrivals = new ArrivalSink();
        var flow = new Dataflow("wake");
        // One at a time, so that none is held back for its batch to fill.
        flow.Input("client", Bridge.From(subject).ToSource(new BridgeOptions { MaxBatchSize = 1 })).Output("arrivals", arrivals);
        var run = flow.Start();
        SpinWait.SpinUntil(() => subject.HasObservers);
        var measured = Measure(items, subject.OnNext, arrivals);
        run.Stop();
        run.Completion.GetAwaiter().GetResult();
        return measured;
    }

    private static Measured Semaphore(int items)
    {
        using var signal = new SemaphoreSlim(0);
        var arrivals = new ArrivalSink();
        var last = First + items;
        var thread = new Thread(() =>
        {
            for (var i = 0; i < last; i++)
            {
                signal.Wait();
                arrivals.Arrive();
            }
        });
        thread.Start();
        var measured = Measure(items, _ => signal.Release(), arrivals);
        thread.Join();
        return measured;
    }

    private static Measured Measure(int items, Action<int> send, ArrivalSink arrivals)
    {
        for (var i = 0; i < First; i++)
        {
            Once(i, send, arrivals);
        }

        var took = new double[items];
        Meter.Settle();
        var meter = new Meter();
        for (var i = 0; i < items; i++)
        {
            took[i] = Once(i, send, arrivals).TotalMicroseconds;
        }

        var measured = meter.Stop(items);
        Array.Sort(took);
        measured[P50] = took[items / 2];
        measured[P99] = took[items * 99 / 100];
        return measured;
    }

    private static TimeSpan Once(int item, Action<int> send, ArrivalSink arrivals)
    {
        Thread.Sleep(_asleep);
        var sent = Stopwatch.GetTimestamp();
        send(item);
        return Stopwatch.GetElapsedTime(sent, arrivals.WaitForOne());
    }
}
