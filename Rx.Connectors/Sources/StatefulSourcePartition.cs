namespace Rx.Connectors.Sources;

/// <summary>A source partition that can be resumed where it was left.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A position: an immutable value that can be serialised with System.Text.Json.</typeparam>
public abstract class StatefulSourcePartition<T, TPosition> : SourcePartition<T>
{
    /// <summary>The position just after the last item that <see cref="SourcePartition{T}.NextBatch"/> handed out.</summary>
    /// <returns>
    /// A position to build the partition from again, such that reading on continues without a gap or a repetition (rule S5);
    /// none if it would begin from the beginning.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The partition is disposed.</exception>
    /// <remarks>
    /// The traps: it is not the position of the last item <em>received</em>, which may still wait inside; it is not the
    /// position <em>of</em> the last item, which would be read twice; and it is called again without a poll in between, so it
    /// must change nothing. It is valid before the first poll and after the last.
    /// </remarks>
    public abstract ResumeState<TPosition> Snapshot();

    /// <summary>Hears that a position of its snapshots is durable (rule S11). Default: does nothing.</summary>
    /// <param name="position">A position that <see cref="Snapshot"/> returned: nothing before it will ever be read again.</param>
    /// <remarks>
    /// It is called between polls, in the order of the snapshots, at least once for each that was committed and differs from the
    /// one before; a partition that was built from a stored position hears of that one first. It must not wait: acknowledging to a
    /// broker is work to begin here and to end elsewhere. What it throws ends the flow with an error that names the partition.
    /// </remarks>
    public virtual void OnCommitted(TPosition position)
    {
    }
}
