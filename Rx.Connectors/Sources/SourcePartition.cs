using System.Reactive;
using System.Reactive.Concurrency;

namespace Rx.Connectors.Sources;

/// <summary>
/// One partition of a source: what a worker polls. Derive from <see cref="StatefulSourcePartition{T,TPosition}"/> or
/// <see cref="StatelessSourcePartition{T}"/>, or let <c>Bridge.From(..).ToPartition(..)</c> make one of an asynchronous client.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>
/// <para>The host calls <see cref="Start"/> once, then <see cref="NextBatch"/> and <see cref="NextAwake"/> in turns, never two
/// at the same time, and at last <see cref="Dispose()"/>, which may come from any thread and at any moment.</para>
/// <para>The trap: <see cref="NextBatch"/> runs on the worker's thread, together with every other partition. A call that
/// waits for input stops them all.</para>
/// </remarks>
public abstract class SourcePartition<T> : IDisposable, IAsyncDisposable
{
    /// <summary>
    /// When to poll next, asked once after <see cref="Start"/> and once after each batch, and again where somebody has set the clock.
    /// Default: null.
    /// </summary>
    /// <value>
    /// A date, which may be as late as a date can be. It always wins, also after an empty batch; the partition is due when the clock has
    /// reached it. One that waits for an interval counts it by the scheduler's stopwatch and answers now plus what is left. Null, with
    /// <see cref="Available"/>: again at once after items, at the next signal after none. Null without it: again at once
    /// after items, after 1 ms after none.
    /// </value>
    public virtual DateTimeOffset? NextAwake => null;

    /// <summary>
    /// Signals that a poll may find something: items, an error or the end. Default: null, the partition cannot tell.
    /// </summary>
    /// <value>
    /// The host subscribes once, before the first poll. A signal may come from any thread and may be a false alarm; one that is
    /// missing leaves the partition asleep, so raise it whenever something arrived after a poll began (rule S8). An error of it
    /// is the partition's, once a poll finds nothing.
    /// </value>
    public virtual IObservable<Unit>? Available => null;

    /// <summary>What waits inside, for metrics. Default: nothing. May be read from any thread. What it throws counts as nothing.</summary>
    public virtual SourceStatus Status => default;

    /// <summary>Hands over the host's clock, once, before the first poll. Default: does nothing.</summary>
    /// <param name="scheduler">The only clock the partition may use. In a test it is virtual.</param>
    /// <remarks>A partition that wraps another must pass the call on.</remarks>
    public virtual void Start(IScheduler scheduler)
    {
    }

    /// <summary>Returns what is ready, without waiting for more (rule S1).</summary>
    /// <returns>
    /// The items in their order; an empty list if nothing is ready; null once the source is complete, then and ever after.
    /// The list is read whole before anything else is asked of the partition, and may be reused by it afterwards.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The partition is disposed.</exception>
    /// <exception cref="AbortFlowException">Stops the flow at once, without a last snapshot.</exception>
    /// <remarks>Any other exception ends the flow with an error that names the partition. Items received before the failure
    /// are to be returned first, and the exception thrown by the next call (rule S3).</remarks>
    public abstract IReadOnlyList<T>? NextBatch();

    /// <summary>Closes the partition. May be called any number of times, from any thread, also during a poll (rule S10).</summary>
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
