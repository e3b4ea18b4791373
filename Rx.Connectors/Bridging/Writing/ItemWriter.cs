namespace Rx.Connectors.Bridging;

/// <summary>A write for each item.</summary>
internal sealed class ItemWriter<T>(Func<T, CancellationToken, Task> write) : IBatchWriter<T>
{
    private IReadOnlyList<T> _items = [];
    private int _count;

    public int ItemsPerWrite => 1;

    public string Waiter => "The write of an item";

    public int Open(IReadOnlyList<T> items)
    {
        _items = items;
        return _count = items.Count;
    }

    public Task Begin(int index, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return write(_items[index], stop) ?? throw Missing.Task();
    }

    // Where the client completes synchronously this loop is all that runs for an item.
    public Task? BeginFrom(ref int next, CancellationToken stop)
    {
        var (items, count, begin, index) = (_items, _count, write, next);
        try
        {
            while (index < count)
            {
                stop.ThrowIfCancellationRequested();
                var task = begin(items[index++], stop);
                if (task is not { IsCompletedSuccessfully: true })
                {
                    return task ?? throw Missing.Task();
                }
            }

            return null;
        }
        finally
        {
            next = index;
        }
    }

    public void Close() => _items = [];
}
