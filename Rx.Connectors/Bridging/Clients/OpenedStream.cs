namespace Rx.Connectors.Bridging;

/// <summary>A stream that is asked for when it is read, and not before.</summary>
internal sealed class OpenedStream<T>(Func<IAsyncEnumerable<T>> open) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        (open() ?? throw new InvalidOperationException("What reads the client returned null instead of a stream."))
        .GetAsyncEnumerator(cancellationToken);
}
