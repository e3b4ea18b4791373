using System.Collections.Concurrent;
using R3;

namespace Rx.Connectors.Benchmarks;

/// <summary>What is written with R3: its chunks into a queue without a bound.</summary>
internal static class R3Peers
{
    public static long Bridge(int items, int count)
    {
        using var queue = new BlockingCollection<IList<int>>();
        using var subscription = Observable.ToObservable(Ints.Stream(items)).Select(i => i + 1).Chunk(BridgeWorkload.Delay, count)
            .Subscribe(queue.Add, _ => queue.CompleteAdding());
        return Ints.Sum(queue.GetConsumingEnumerable());
    }

    public static long Push(int items, int count)
    {
        using var subject = new Subject<int>();
        using var queue = new BlockingCollection<IList<int>>();
        using var subscription = subject.Select(i => i + 1).Chunk(BridgeWorkload.Delay, count)
            .Subscribe(queue.Add, _ => queue.CompleteAdding());
        var pusher = Pusher.Start(items, subject.OnNext, () => subject.OnCompleted());
        var sum = Ints.Sum(queue.GetConsumingEnumerable());
        pusher.Join();
        return sum;
    }
}
