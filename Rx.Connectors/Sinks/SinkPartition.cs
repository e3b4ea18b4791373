using System.Reactive.Concurrency;

namespace Rx.Connectors.Sinks;

/// <summary>
/// One partition of a sink: what a worker writes to. Derive from <see cref="StatefulSinkPartition{T,TPosition}"/> or
/// <see cref="StatelessSinkPartition{T}"/>, or let <c>Bridge.To(..).ToPartition(..)</c> make one of an asynchronous client.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
public abstract class SinkPartition<T> : IDisposable, IAsyncDisposable
{
    /// <summary>Hands over the host's clock, once, before the first write. Default: does nothing.</summary>
    /// <param name="scheduler">The only clock the partition may use. In a test it is virtual.</param>
    /// <remarks>A partition that wraps another must pass the call on.</remarks>
    public virtual void Start(IScheduler scheduler)
    {
    }

    /// <summary>Writes a batch and returns when every item is written, not before (rule K1).</summary>
    /// <param name="items">At least one item. The list belongs to the host and is reused: keep the items, not the list.</param>
    /// <exception cref="SinkWriteException">Some items could not be written; it says which.</exception>
    /// <exception cref="ObjectDisposedException">The partition is disposed.</exception>
    /// <remarks>
    /// The trap: a write that is only queued when this returns is lost in a crash, while the source's position has moved past
    /// it. An asynchronous client must be waited for; <c>Bridge.To(..)</c> does so without the deadlocks of waiting by hand.
    /// </remarks>
    public abstract void WriteBatch(IReadOnlyList<T> items);

    /// <summary>
    /// Makes durable what was written until now. Called once per epoch in which something was written, just after the snapshot;
    /// the epoch is committed when it has ended. Default: nothing is left to do.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the run is aborted.</param>
    /// <returns>A task that ends when everything written before the call would survive a crash of the machine.</returns>
    /// <remarks>The trap: the worker does not wait for it, so that the next <see cref="WriteBatch"/> may come before it has ended.
    /// What it throws ends the flow, and the epoch is not committed.</remarks>
    public virtual ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Closes the partition. May be called any number of times, from any thread.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the partition and waits until nothing of it is left running. Default: <see cref="Dispose()"/>.</summary>
    /// <returns>A task that ends when the client has closed.</returns>
    public virtual ValueTask DisposeAsync()
    {
        Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Releases what the partition holds.</summary>
    /// <param name="disposing">Always true; there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
