using System.Reactive.Concurrency;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>Waits on the real clock, for tests whose subject is threads. Nothing here depends on how fast the machine is.</summary>
internal static class RealPolls
{
    /// <summary>Everything up to the end; an error of the source is thrown.</summary>
    public static async Task<List<T>> ReadToEndAsync<T>(this SourcePartition<T> partition)
    {
        var items = new List<T>();
        await partition.ReadToEndAsync(items.AddRange);
        return items;
    }

    public static Task ReadToEndAsync<T>(this SourcePartition<T> partition, Action<IReadOnlyList<T>> batch) =>
        partition.ReadAsync(int.MaxValue, batch);

    /// <summary>
    /// Some batches, by the kit's host, which polls only when it is asked to: a signal that is missed ends it in a timeout. A thread
    /// of its own waits, since the pool's may be the subject.
    /// </summary>
    public static Task ReadAsync<T>(this SourcePartition<T> partition, int batches, Action<IReadOnlyList<T>> batch) => Task.Factory.StartNew(
        () =>
        {
            foreach (var items in partition.PollBatches(DefaultScheduler.Instance, Times.Patience).Take(batches))
            {
                batch(items);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    public static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Times.Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
