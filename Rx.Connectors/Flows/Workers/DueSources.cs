using System.Collections.Concurrent;

namespace Rx.Connectors.Flows;

/// <summary>
/// Which of a worker's source partitions are to be polled: those whose time has come or that have signalled, unless too much of them is
/// on its way to other workers. But for <see cref="Signal"/> it belongs to the worker's thread.
/// </summary>
/// <param name="capacity">How many batches of one partition may be on their way.</param>
/// <param name="wake">Wakes the worker.</param>
internal sealed class DueSources(int capacity, Action wake)
{
    private readonly ConcurrentQueue<SourceRunner> _signals = new();
    private readonly Agenda _agenda = new();
    private int _onTheWay;

    /// <summary>When the next one is due; <see cref="long.MaxValue"/> if none has a time.</summary>
    public long NextTime => _agenda.NextTime;

    /// <summary>Whether all that was polled is written.</summary>
    public bool IsDrained => _onTheWay == 0;

    /// <summary>It has something, as it says itself. From any thread.</summary>
    public void Signal(SourceRunner runner)
    {
        if (Interlocked.Exchange(ref runner.Signalled, 1) == 0)
        {
            _signals.Enqueue(runner);
            wake();
        }
    }

    public void Put(SourceRunner runner, long at)
    {
        // One that is to be built again may still be signalled by what was before.
        if (runner.IsComplete || !runner.IsBuilt)
        {
            return;
        }

        if (IsHeldBack(runner))
        {
            runner.DueLater = Math.Min(runner.DueLater, at);
        }
        else
        {
            _agenda.Put(runner, at);
        }
    }

    /// <summary>Those that are due, each once, in the order of a round. Valid until the next call.</summary>
    public List<SourceRunner> Take(long now)
    {
        while (_signals.TryDequeue(out var runner))
        {
            Interlocked.Exchange(ref runner.Signalled, 0);
            if (!runner.IsComplete && runner.DueAt > now)
            {
                Put(runner, now);
            }
        }

        return _agenda.TakeDue(now);
    }

    /// <summary>Those that were taken and not polled are due still.</summary>
    public void PutBack(List<SourceRunner> due, int from, long now)
    {
        for (var i = from; i < due.Count; i++)
        {
            _agenda.Put(due[i], now);
        }
    }

    /// <summary>
    /// Somebody has set the clock. What waits says anew until when: one that waits for a date the same date, one that lets an interval
    /// pass another. What was due already stays so.
    /// </summary>
    /// <param name="runner">What waits.</param>
    /// <param name="now">The date.</param>
    /// <param name="unset">What it would be, had nobody.</param>
    public void AskAnew(SourceRunner runner, long now, long unset)
    {
        if (runner.DueLater != long.MaxValue)
        {
            runner.DueLater = DueAnew(runner, runner.DueLater, now, unset);
        }
        else if (runner.DueAt != long.MaxValue)
        {
            Put(runner, DueAnew(runner, runner.DueAt, now, unset));
        }
    }

    /// <summary>A batch of a partition is on its way.</summary>
    public void Sent(SourceRunner runner)
    {
        _onTheWay++;
        runner.OnTheWay++;
    }

    /// <summary>A batch of a partition is written.</summary>
    public void Confirmed(SourceRunner runner)
    {
        _onTheWay--;
        runner.OnTheWay--;
        if (runner.DueLater != long.MaxValue && !IsHeldBack(runner))
        {
            var due = runner.DueLater;
            runner.DueLater = long.MaxValue;
            Put(runner, due);
        }
    }

    private bool IsHeldBack(SourceRunner runner) => runner.OnTheWay >= capacity;

    private static long DueAnew(SourceRunner runner, long due, long now, long unset) =>
        due <= unset || !runner.IsBuilt ? 0 : runner.NextAwake?.UtcTicks ?? now;
}
