namespace Rx.Connectors.Bridging;

/// <summary>How a batch is divided into writes.</summary>
internal interface IBatchWriter<T>
{
    /// <summary>Begins a batch. What is returned is used until the batch has ended, and by no other meanwhile.</summary>
    WriteRun Begin(IReadOnlyList<T> items);
}

/// <summary>A write for each item.</summary>
internal sealed class ItemWriter<T>(Func<T, CancellationToken, Task> write, WriteSettings settings) : IBatchWriter<T>
{
    public WriteRun Begin(IReadOnlyList<T> items) =>
        new(items.Count, settings, (index, cancellation) => write(items[index], cancellation));
}

/// <summary>One write for all of them, whose failure is the failure of each.</summary>
internal sealed class BatchWriter<T>(Func<IReadOnlyList<T>, CancellationToken, Task> write, WriteSettings settings)
    : IBatchWriter<T>
{
    public WriteRun Begin(IReadOnlyList<T> items) =>
        new(1, settings, (_, cancellation) => write(items, cancellation), itemsPerWrite: items.Count);
}
