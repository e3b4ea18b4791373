namespace Rx.Connectors.Sources;

/// <summary>
/// A source that asks for one item at regular times. Derive from it, and write <see cref="NextItem"/>. It suits what is asked
/// every few seconds or hours; for more, derive from <see cref="FixedPartitionedSource{T,TPosition}"/>, or bridge a client.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A position: an immutable value that can be serialised with System.Text.Json.</typeparam>
/// <remarks>
/// <para>It has one partition, <c>"singleton"</c>, so one worker reads it. Its methods are called by that worker, one at a
/// time. The clock is the host's scheduler.</para>
/// <para>The interval and a retry go by elapsed time. Polls that are aligned to a mark follow the date, also where the clock is set.</para>
/// <para>A poll that comes late does not move the ones after it. One that comes so late that others were due meanwhile stands
/// for them all: the next is at the first regular time to come.</para>
/// <para>When <see cref="NextItem"/> throws, the source has failed: it is not called again, and each poll throws the same.</para>
/// </remarks>
public abstract class SimplePollingSource<T, TPosition> : FixedPartitionedSource<T, TPosition>
{
    private const string Singleton = "singleton";

    private readonly TimeSpan _interval;
    private readonly DateTimeOffset? _alignTo;

    /// <summary>Sets the times at which to ask.</summary>
    /// <param name="interval">The time from one poll to the next. Zero asks again at once after an item, and after 1 ms when there
    /// was none.</param>
    /// <param name="alignTo">
    /// A mark, past or future: polls come a whole number of intervals from it, the first one at once if the source starts
    /// exactly then. Default, null: the first poll comes when the source starts.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is negative, or zero with a mark to align to.</exception>
    protected SimplePollingSource(TimeSpan interval, DateTimeOffset? alignTo = null)
    {
        if (interval < TimeSpan.Zero || (interval == TimeSpan.Zero && alignTo is not null))
        {
            throw new ArgumentOutOfRangeException(
                nameof(interval), interval, "The interval must be zero or more, and more than zero where polls are aligned to a mark.");
        }

        _interval = interval;
        _alignTo = alignTo;
    }

    /// <summary>The key of the one partition.</summary>
    /// <returns><c>"singleton"</c> alone.</returns>
    public sealed override IReadOnlyList<string> ListPartitions() => [Singleton];

    /// <summary>Resumes, and makes the partition that polls. It is due at once, or at the first mark.</summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is another key.</exception>
    public sealed override StatefulSourcePartition<T, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState)
    {
        if (partition != Singleton)
        {
            throw new ArgumentException($"There is no partition \"{partition}\"; the only one is \"{Singleton}\".", nameof(partition));
        }

        ResumeFrom(resumeState);
        return new PollingPartition<T, TPosition>(NextItem, Snapshot, scheduler => new PollSchedule(_interval, _alignTo, scheduler));
    }

    /// <summary>Asks to be called again before the usual interval is over, without an item.</summary>
    /// <param name="delay">How long to wait, counted from now, at least zero.</param>
    /// <returns>What <see cref="NextItem"/> is to return.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> is negative.</exception>
    /// <remarks>
    /// After the retry an aligned source goes back to its marks; one that is not goes on one interval after the retry.
    /// </remarks>
    protected static Polled<T> RetryAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return Polled<T>.Retry(delay);
    }

    /// <summary>Asks for the next item.</summary>
    /// <returns>
    /// An item; <see cref="Polled{T}.Nothing"/> or null if there is none this time; <see cref="RetryAfter"/> to be asked again
    /// sooner or later than usual; <see cref="Polled{T}.End"/> if there will be none any more.
    /// </returns>
    /// <exception cref="AbortFlowException">Stops the flow at once, without a last snapshot.</exception>
    /// <remarks>The trap: it runs on the worker's thread, and while it waits for an answer no other partition is polled.</remarks>
    protected abstract Polled<T> NextItem();

    /// <summary>The position just after the last item that <see cref="NextItem"/> returned. Default: none.</summary>
    /// <returns>A position that <see cref="ResumeFrom"/> goes on from; none to begin from the beginning.</returns>
    /// <remarks>The traps: a position <em>of</em> the last item reads it twice, and the call must change nothing.</remarks>
    protected virtual ResumeState<TPosition> Snapshot() => ResumeState<TPosition>.None;

    /// <summary>
    /// Goes to where <see cref="NextItem"/> is to go on. Called once for each partition that is built, before its first item.
    /// Default: does nothing.
    /// </summary>
    /// <param name="resumeState">
    /// A stored position, or none: then to the beginning, also if this object was read from in an earlier run.
    /// </param>
    protected virtual void ResumeFrom(ResumeState<TPosition> resumeState)
    {
    }
}
