using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Sources;

public static partial class Batch
{
    /// <summary>Gathers what an asynchronous stream sends, waiting for it inside the step for a bounded time.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="stream">
    /// The stream, opened at the first step. Its token is cancelled when the iterator is disposed; its enumerator is disposed
    /// when the iterator is, or when the stream has ended or failed, and never while a read is pending: then after it.
    /// </param>
    /// <param name="timeout">
    /// How long a step may wait in all, however many items come. Zero never waits: a step takes what is ready.
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits until the batch is full or the stream has ended.
    /// </param>
    /// <param name="count">The most items in a batch, at least 1. A full batch is given at once.</param>
    /// <param name="scheduler">
    /// The clock to wait by. Default, null: the real one. A step runs a virtual clock forward by as much as it waits, if the
    /// scheduler offers <see cref="ISchedulerWait"/>.
    /// </param>
    /// <returns>
    /// The batches. A batch is empty when nothing came in time. At the end the last one holds what was gathered; there is no
    /// empty one for the end alone, unless the stream takes longer than <paramref name="timeout"/> to close.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="count"/> is less than 1, or <paramref name="timeout"/> negative and not infinite.
    /// </exception>
    /// <remarks>
    /// <para>A step that must wait holds up the thread that takes it. On a worker that is every other partition, so prefer
    /// <c>Bridge.From(stream)</c>, which never waits, and keep this for what has a thread of its own and for code that comes
    /// from elsewhere.</para>
    /// <para>A read that is still pending when a step ends is kept for the next one, and costs no thread in between: it goes on
    /// wherever the client completes it. There is never a second one. The first part of a read, up to what it awaits, runs
    /// inside the step: a client that blocks there blocks the step for longer than <paramref name="timeout"/>.</para>
    /// <para>A step fails with <see cref="SchedulerDeadlockException"/> when it waits without a timeout in virtual time for what
    /// can never come, and with <see cref="NotSupportedException"/> on a virtual-time scheduler that it cannot wait on.</para>
    /// </remarks>
    public static IEnumerable<IReadOnlyList<T>> FromAsync<T>(
        IAsyncEnumerable<T> stream, TimeSpan timeout, int count, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var clock = scheduler ?? DefaultScheduler.Instance;
        return new BatchSequence<T>(() => new AsyncBatches<T>(new AsyncReader<T>(stream), timeout, count, clock));
    }
}
