using Rx.Connectors.Sinks;

namespace Rx.Connectors.Testing;

/// <summary>What is recorded of a write.</summary>
internal static class WatchedWrites
{
    public static void Write<T>(SinkPartition<T> inner, IReadOnlyList<T> items, RecordingLane lane)
    {
        lane.Items(RecordedKind.Writing, items);
        try
        {
            inner.WriteBatch(items);
        }
        catch (Exception error) when (error is not HaltedException)
        {
            if (error is SinkWriteException { Confirmed: { Count: > 0 } confirmed })
            {
                lane.Items(RecordedKind.Confirmed, confirmed.Where(i => i >= 0 && i < items.Count).Select(i => items[i]));
            }

            lane.Failed(error);
            throw;
        }

        lane.Items(RecordedKind.Confirmed, items);
    }

    public static async ValueTask FlushAsync<T>(SinkPartition<T> inner, RecordingLane lane, CancellationToken cancellationToken)
    {
        try
        {
            await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not HaltedException)
        {
            lane.Failed(error);
            throw;
        }

        lane.Note(RecordedKind.Flushed);
    }
}
