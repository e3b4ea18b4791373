namespace Rx.Connectors.Testing;

/// <summary>A client that reads one partition of a log from a position, as it comes in, and fails now and then.</summary>
internal sealed class SimulatedLog(SimulatedProcess process, SourcePlan plan, int partition, int from, Recording? recording)
    : IAsyncEnumerable<SimulatedItem>, IAsyncEnumerator<SimulatedItem>
{
    private readonly string _lane = $"{plan.StepId}/{partition}";
    private CancellationToken _stop;
    private int _next = from;
    private bool _isOpen;

    public SimulatedItem Current { get; private set; }

    public IAsyncEnumerator<SimulatedItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        process.Call();
        process.Open++;
        _isOpen = true;
        _stop = cancellationToken;
        return this;
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        process.Call();
        if (!await process.DelayOrStop(plan.Pace == 0 ? 0 : process.Random.Next(plan.Pace), _stop).ConfigureAwait(true))
        {
            return false;
        }

        process.Call();
        process.MayFail("A connection");
        if (_next >= plan.Items[partition])
        {
            return false;
        }

        Current = new SimulatedItem(plan.Number, partition, _next++, 0);
        recording?.Add(_lane, RecordedKind.Delivered, Current);
        return true;
    }

    public ValueTask DisposeAsync()
    {
        process.ThrowIfDead();
        process.Open -= _isOpen ? 1 : 0;
        _isOpen = false;
        return ValueTask.CompletedTask;
    }
}
