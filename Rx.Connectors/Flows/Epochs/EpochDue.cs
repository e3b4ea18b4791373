using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>When an epoch is to be closed: after a time, after a number of items, or after each round. From any thread.</summary>
internal sealed class EpochDue(FlowOptions options)
{
    private long _at = ElapsedTime.Never;
    private long _items;

    /// <summary>When by time, in elapsed time; <see cref="ElapsedTime.Never"/> if nothing has happened in it.</summary>
    public long At => Volatile.Read(ref _at);

    /// <summary>Whether the round that is over closes it.</summary>
    public bool IsOverWithRound => options.EpochInterval == TimeSpan.Zero && At != ElapsedTime.Never;

    /// <summary>Something was polled: the epoch has begun, if it had not.</summary>
    public void Begin(long now)
    {
        // An interval beyond all time means never.
        if (At == ElapsedTime.Never && options.EpochInterval.Ticks < ElapsedTime.Never - now)
        {
            Interlocked.CompareExchange(ref _at, now + options.EpochInterval.Ticks, ElapsedTime.Never);
        }
    }

    /// <returns>Whether there are enough to close it.</returns>
    public bool Count(int items) =>
        options.MaxEpochItems is { } most && Interlocked.Add(ref _items, items) >= most;

    /// <summary>It is asked for, so that its time does not matter any more.</summary>
    public void ForgetTime() => Volatile.Write(ref _at, ElapsedTime.Never);

    /// <summary>What is polled from now on belongs to the next.</summary>
    public void BeginAnew()
    {
        ForgetTime();
        Volatile.Write(ref _items, 0);
    }
}
