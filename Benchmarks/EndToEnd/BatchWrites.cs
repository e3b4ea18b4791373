namespace Rx.Connectors.Benchmarks;

/// <summary>The sink of all contenders: it awaits for each batch, as a client does whose server answers, and adds the items up.</summary>
internal sealed class BatchWrites
{
    // One batch is written at a time, and each after the one before.
    public long Sum { get; private set; }

    public async Task WriteAsync(IReadOnlyList<int> items, CancellationToken cancellation)
    {
        await Task.Yield();
        var sum = 0L;
        for (var i = 0; i < items.Count; i++)
        {
            sum += items[i];
        }

        Sum += sum;
    }
}
