namespace Rx.Connectors.Flows;

/// <summary>
/// Which partitions are due: those whose time has come, and those that signalled. An entry that was overtaken by a newer time
/// stays in the queue and is recognised by its time.
/// </summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<SourceRunner, long> _times = new();
    private readonly List<SourceRunner> _due = [];

    /// <summary>When the next one is due; <see cref="long.MaxValue"/> if none has a time.</summary>
    public long NextTime
    {
        get
        {
            DropOvertaken();
            return _times.TryPeek(out _, out var time) ? time : long.MaxValue;
        }
    }

    public void Put(SourceRunner runner, long dueAt)
    {
        runner.DueAt = dueAt;
        _times.Enqueue(runner, dueAt);
    }

    /// <summary>Sleeps until a signal.</summary>
    public static void Suspend(SourceRunner runner) => runner.DueAt = long.MaxValue;

    /// <summary>Those that are due, each once, in the order of a round. Valid until the next call.</summary>
    public List<SourceRunner> TakeDue(long now)
    {
        _due.Clear();
        DropOvertaken();
        while (_times.TryPeek(out var runner, out var time) && time <= now)
        {
            _times.Dequeue();
            Suspend(runner);
            _due.Add(runner);
            DropOvertaken();
        }

        _due.Sort(static (left, right) => left.Order.CompareTo(right.Order));
        return _due;
    }

    private void DropOvertaken()
    {
        while (_times.TryPeek(out var runner, out var time) && (runner.IsComplete || runner.DueAt != time))
        {
            _times.Dequeue();
        }
    }
}
