using Rx.Connectors.Sinks;

namespace Rx.Connectors.Stdio;

internal sealed class StdOutPartition<T>(Func<LineWriter> open, Func<T, string?> text) : StatelessSinkPartition<T>
{
    private volatile bool _disposed;

    public override void WriteBatch(IReadOnlyList<T> items)
    {
        TypeName.ThrowIfDisposed(_disposed, GetType());
        string[] lines = [.. items.Select(item => text(item) ?? "")];
        try
        {
            open().Write(lines);
        }
        catch (IOException failed)
        {
            // What the buffer held may be written in part: nothing of the batch is confirmed.
            throw new SinkWriteException([], [.. items.Select((_, index) => new FailedWrite(index, failed))], []);
        }
    }

    protected override void Dispose(bool disposing) => _disposed = true;
}
