using System.Collections;
using System.Reactive;
using System.Reactive.Concurrency;

namespace Rx.Connectors.Sources;

/// <summary>Turns a source's items into others, with the partition they come from at hand.</summary>
public static class SourceSelectExtensions
{
    /// <summary>
    /// The same source with other items, one for each: positions, wakes, batches and acks stay as they are. For what is to know
    /// where an item came from, as the file of a line; everything else is a <c>Select</c> in the flow.
    /// </summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A partition's position.</typeparam>
    /// <typeparam name="TResult">The new items.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="selector">
    /// Makes the new item of the partition's key and the item, when the item is read from its batch. What it throws ends the flow:
    /// the position is past the batch already, so that the partition could not be built again without a gap. The next run reads
    /// the batch again.
    /// </param>
    /// <returns>A source to use instead of the first.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static FixedPartitionedSource<TResult, TPosition> Select<T, TPosition, TResult>(
        this FixedPartitionedSource<T, TPosition> source, Func<string, T, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        return new SelectedSource<T, TPosition, TResult>(source, selector);
    }
}

internal sealed class SelectedSource<T, TPosition, TResult>(
    FixedPartitionedSource<T, TPosition> source, Func<string, T, TResult> selector) : FixedPartitionedSource<TResult, TPosition>
{
    public override IReadOnlyList<string> ListPartitions() => source.ListPartitions();

    public override ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) =>
        source.ListPartitionsAsync(workerIndex, workerCount, cancellationToken);

    public override IObservable<Unit>? PartitionChanges(IScheduler scheduler) => source.PartitionChanges(scheduler);

    public override StatefulSourcePartition<TResult, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState) =>
        new SelectedPartition<T, TPosition, TResult>(source.BuildPartition(stepId, partition, resumeState), partition, selector);
}

internal sealed class SelectedPartition<T, TPosition, TResult>(
    StatefulSourcePartition<T, TPosition> inner, string key, Func<string, T, TResult> selector) : StatefulSourcePartition<TResult, TPosition>
{
    public override DateTimeOffset? NextAwake => inner.NextAwake;

    public override IObservable<Unit>? Available => inner.Available;

    public override SourceStatus Status => inner.Status;

    public override void Start(IScheduler scheduler) => inner.Start(scheduler);

    public override IReadOnlyList<TResult>? NextBatch() =>
        inner.NextBatch() is { } items ? new SelectedBatch<T, TResult>(items, key, selector) : null;

    public override ResumeState<TPosition> Snapshot() => inner.Snapshot();

    public override void OnCommitted(TPosition position) => inner.OnCommitted(position);

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }

    protected override void Dispose(bool disposing) => inner.Dispose();
}

/// <summary>Selects while it is read, so that what the selector throws is told from what the source does.</summary>
internal sealed class SelectedBatch<T, TResult>(IReadOnlyList<T> items, string key, Func<string, T, TResult> selector)
    : IReadOnlyList<TResult>
{
    public int Count => items.Count;

    public TResult this[int index] => selector(key, items[index]);

    public IEnumerator<TResult> GetEnumerator()
    {
        for (var i = 0; i < items.Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
