using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>Polls on the real clock, for tests whose subject is threads. Nothing here depends on how fast the machine is.</summary>
internal static class RealPolls
{
    /// <summary>Everything up to the end; an error of the source is thrown.</summary>
    public static async Task<List<T>> ReadToEndAsync<T>(this SourcePartition<T> partition)
    {
        var items = new List<T>();
        await partition.ReadToEndAsync(items.AddRange);
        return items;
    }

    public static async Task ReadToEndAsync<T>(this SourcePartition<T> partition, Action<IReadOnlyList<T>> batch)
    {
        using var patience = new CancellationTokenSource(Times.Patience);
        while (partition.NextBatch() is { } items)
        {
            batch(items);
            if (items.Count == 0)
            {
                await Task.Delay(1, patience.Token);
            }
        }
    }

    public static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Times.Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
