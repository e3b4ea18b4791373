using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>The writes of a batch that have failed for good.</summary>
/// <param name="itemsPerWrite">How many items each of them wrote.</param>
internal sealed class WriteFailures(int itemsPerWrite)
{
    private readonly SortedDictionary<int, FailedWrite> _failed = [];

    public void Add(WriteTry one, Exception error)
    {
        one.IsOver = true;
        _failed[one.Index] = one.FailWith(error);
    }

    /// <summary>What the caller is told. Every write that was begun has ended by now, so those that have not failed are confirmed.</summary>
    /// <param name="begun">How many were begun.</param>
    /// <param name="count">How many there are.</param>
    public SinkWriteException ToException(int begun, int count) => new(
        Items(Enumerable.Range(0, begun).Where(index => !_failed.ContainsKey(index))),
        [.. _failed.SelectMany(failed => Items([failed.Key]).Select(index => new FailedWrite(index, failed.Value.Exception, failed.Value.Tries)))],
        Items(Enumerable.Range(begun, count - begun)));

    private int[] Items(IEnumerable<int> writes) =>
        [.. writes.SelectMany(index => Enumerable.Range(index * itemsPerWrite, itemsPerWrite))];
}
