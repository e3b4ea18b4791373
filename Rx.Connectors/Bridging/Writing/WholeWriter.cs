namespace Rx.Connectors.Bridging;

/// <summary>One write for all of them, whose failure is the failure of each.</summary>
internal sealed class WholeWriter<T>(Func<IReadOnlyList<T>, CancellationToken, Task> write) : IBatchWriter<T>
{
    private IReadOnlyList<T> _items = [];

    public int ItemsPerWrite { get; private set; }

    public string Waiter => "The write of a batch";

    public int Open(IReadOnlyList<T> items)
    {
        _items = items;
        ItemsPerWrite = items.Count;
        return 1;
    }

    public Task Begin(int index, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return write(_items, stop) ?? throw Missing.Task();
    }

    public Task? BeginFrom(ref int next, CancellationToken stop)
    {
        if (next > 0)
        {
            return null;
        }

        next = 1;
        var task = Begin(0, stop);
        return task.IsCompletedSuccessfully ? null : task;
    }

    public void Close() => _items = [];
}
