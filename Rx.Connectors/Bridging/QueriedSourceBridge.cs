using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>A client with positions and the query over it. Immutable; make as many partitions of it as needed.</summary>
/// <typeparam name="T">What the query lets out.</typeparam>
/// <typeparam name="TPosition">The positions it lets out.</typeparam>
public sealed class QueriedSourceBridge<T, TPosition>
{
    private readonly Func<QueryPassage, Feed<Positioned<T, TPosition>>> _query;

    internal QueriedSourceBridge(Func<QueryPassage, Feed<Positioned<T, TPosition>>> query) => _query = query;

    /// <summary>Makes a partition.</summary>
    /// <param name="resumeState">
    /// The position of the last committed snapshot, or none. The client must have been opened at its
    /// <see cref="QueryPositionExtensions.ForClient{TPosition}"/>.
    /// </param>
    /// <param name="options">How items become batches; null for the defaults.</param>
    /// <param name="onCommitted">
    /// Called with the client's part of each position that is committed (rule S11), where it has one: everything before it has left
    /// the query. It is called between polls, on the worker's thread, in order, at least once, and again with the same position
    /// where only parts of the next input were handed out. It must not wait; what it throws ends the flow. Default, null: nobody
    /// is called.
    /// </param>
    /// <returns>A partition that opens its client at <c>Start</c>, or at the first poll of a host that does not call it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public StatefulSourcePartition<T, QueryPosition<TPosition>> ToPartition(
        ResumeState<QueryPosition<TPosition>> resumeState, BridgeOptions? options = null, Action<TPosition>? onCommitted = null) =>
        new QueriedPartition<T, TPosition>(_query, resumeState, BridgeSettings.Check(options), onCommitted, hearsCommits: false);

    /// <summary>A partition whose client waits for commits, though it is told of them by somebody else.</summary>
    internal StatefulSourcePartition<T, QueryPosition<TPosition>> ToAcknowledged(
        ResumeState<QueryPosition<TPosition>> resumeState, BridgeOptions? options) =>
        new QueriedPartition<T, TPosition>(_query, resumeState, BridgeSettings.Check(options), null, hearsCommits: true);
}
