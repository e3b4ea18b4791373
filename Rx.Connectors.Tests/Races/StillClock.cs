using System.Reactive.Concurrency;

namespace Rx.Connectors.Races;

/// <summary>A clock that stands, so that what is scheduled on it runs as soon as the participant that it is gets its turn.</summary>
internal sealed class StillClock : VirtualTimeScheduler<long, long>
{
    /// <summary>A participant: runs what is scheduled until the others have ended.</summary>
    public void RunUntil(Func<bool> isOver)
    {
        while (true)
        {
            Turns.WaitUntil(() => isOver() || Turns.IsResting || GetNext() is not null, "something to run");
            if (GetNext() is not { } next)
            {
                return;
            }

            next.Invoke();
        }
    }

    protected override long Add(long absolute, long relative) => absolute + relative;

    protected override DateTimeOffset ToDateTimeOffset(long absolute) => new(absolute, TimeSpan.Zero);

    protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;
}
