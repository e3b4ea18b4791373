using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>Writes of a partition that were given up and have not ended, since they ignore their token.</summary>
internal sealed class WritesLeft
{
    private readonly Lock _gate = new();
    private readonly List<Task> _writes = [];

    public void Add(Task write)
    {
        // It has failed for its batch already.
        write.Observe();
        lock (_gate)
        {
            _writes.RemoveAll(static one => one.IsCompleted);
            _writes.Add(write);
        }
    }

    /// <summary>Ends when the last of them has. It never fails.</summary>
    public Task EndAsync()
    {
        Task[] writes;
        lock (_gate)
        {
            writes = [.. _writes.Where(static one => !one.IsCompleted)];
        }

        return writes.Length == 0 ? Task.CompletedTask : Task.WhenAll(writes).EndedAsync();
    }
}
