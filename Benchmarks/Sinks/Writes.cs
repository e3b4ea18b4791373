namespace Rx.Connectors.Benchmarks;

/// <summary>The client of all contenders: it awaits a completed task, or one that really suspends, and adds to a sum.</summary>
internal sealed class Writes(bool yields)
{
    private long _sum;

    public long Sum => Volatile.Read(ref _sum);

    public Func<int, CancellationToken, Task> Write => yields ? YieldAsync : CompletedAsync;

    private async Task CompletedAsync(int item, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        Interlocked.Add(ref _sum, item + 1);
    }

    private async Task YieldAsync(int item, CancellationToken cancellation)
    {
        await Task.Yield();
        Interlocked.Add(ref _sum, item + 1);
    }
}
