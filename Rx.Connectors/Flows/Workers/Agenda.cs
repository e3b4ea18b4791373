namespace Rx.Connectors.Flows;

/// <summary>
/// Which partitions are due: those whose time has come, and those that signalled. An entry that was overtaken by a newer time
/// stays in the queue and is recognised by its time.
/// </summary>
internal sealed class Agenda
{
    private const int LeastEntries = 64;

    private readonly PriorityQueue<SourceRunner, long> _times = new();
    private readonly List<SourceRunner> _due = [];
    private int _most = LeastEntries;

    /// <summary>When the next one is due; <see cref="long.MaxValue"/> if none has a time.</summary>
    public long NextTime
    {
        get
        {
            DropOvertaken();
            return _times.TryPeek(out _, out var time) ? time : long.MaxValue;
        }
    }

    /// <summary>How many times are kept, those that were overtaken among them.</summary>
    public int Entries => _times.Count;

    public void Put(SourceRunner runner, long dueAt)
    {
        runner.DueAt = dueAt;
        if (_times.Count >= _most)
        {
            DropAllOvertaken();
        }

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
        while (_times.TryPeek(out var runner, out var time) && IsOvertaken(runner, time))
        {
            _times.Dequeue();
        }
    }

    // A partition that is polled often and waits for a time that is far away would leave an entry at every poll.
    private void DropAllOvertaken()
    {
        var valid = _times.UnorderedItems.Where(static one => !IsOvertaken(one.Element, one.Priority))
            .DistinctBy(static one => one.Element).ToArray();
        _times.Clear();
        _times.EnqueueRange(valid);
        _most = Math.Max(LeastEntries, 2 * valid.Length);
    }

    private static bool IsOvertaken(SourceRunner runner, long time) => runner.IsComplete || runner.DueAt != time;
}
