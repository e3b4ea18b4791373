namespace Rx.Connectors.Testing;

internal sealed class WatchedStream<T>(IAsyncEnumerable<T> client, RecordingLane lane) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        lane.Note(RecordedKind.Opened);
        return new Enumerator(lane.Try(() => client.GetAsyncEnumerator(cancellationToken)), lane);
    }

    private sealed class Enumerator(IAsyncEnumerator<T> items, RecordingLane lane) : IAsyncEnumerator<T>
    {
        public T Current => items.Current;

        public async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                if (await items.MoveNextAsync().ConfigureAwait(false))
                {
                    lane.Note(RecordedKind.Delivered, items.Current);
                    return true;
                }
            }
            catch (Exception error) when (error is not HaltedException)
            {
                lane.Failed(error);
                throw;
            }

            lane.Note(RecordedKind.Completed);
            return false;
        }

        public ValueTask DisposeAsync() => lane.CloseAsync(items.DisposeAsync);
    }
}
