using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;

namespace Rx.Connectors.Benchmarks;

/// <summary>What is written with System.Reactive alone: its buffers into a queue without a bound.</summary>
internal static class SystemReactivePeers
{
    public static long Bridge(int items, int count)
    {
        using var queue = new BlockingCollection<IList<int>>();
        using var subscription = Ints.Stream(items).ToObservable().Select(i => i + 1).Buffer(BridgeWorkload.Delay, count)
            .Subscribe(queue.Add, queue.CompleteAdding);
        return Ints.Sum(queue.GetConsumingEnumerable());
    }

    public static long Push(int items, int count)
    {
        using var subject = new Subject<int>();
        using var queue = new BlockingCollection<IList<int>>();
        using var subscription = subject.Select(i => i + 1).Buffer(BridgeWorkload.Delay, count)
            .Subscribe(queue.Add, queue.CompleteAdding);
        var pusher = Pusher.Start(items, subject.OnNext, subject.OnCompleted);
        var sum = Ints.Sum(queue.GetConsumingEnumerable());
        pusher.Join();
        return sum;
    }

    /// <summary>Its writes are observables, one after the other; what waits for them has no bound.</summary>
    public static Task EndToEnd(int items, BatchWrites writes) => Ints.Stream(items).ToObservable()
        .Where(EndToEndWorkload.IsKept).Select(i => i + 1).Buffer(BridgeWorkload.Delay, EndToEndWorkload.Count)
        .Select(batch => Observable.FromAsync(cancellation => writes.WriteAsync((IReadOnlyList<int>)batch, cancellation)))
        .Concat()
        .LastOrDefaultAsync().ToTask();
}
