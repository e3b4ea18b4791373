using Rx.Connectors.Sinks;

namespace Rx.Connectors.Stdio;

internal sealed class StdOutPartition(Func<LineWriter> open) : StatelessSinkPartition<string>
{
    private volatile bool _disposed;

    public override void WriteBatch(IReadOnlyList<string> items)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            open().Write(items);
        }
        catch (IOException failed)
        {
            // What the buffer held may be written in part: nothing of the batch is confirmed.
            throw new SinkWriteException([], [.. items.Select((_, index) => new FailedWrite(index, failed))], []);
        }
    }

    protected override void Dispose(bool disposing) => _disposed = true;
}
