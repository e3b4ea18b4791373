using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>Which clock a check runs by.</summary>
internal enum ClockKind
{
    /// <summary>Virtual time, which ends with an exception when work leaves it.</summary>
    Virtual,

    /// <summary>Virtual time, which waits for work that leaves it.</summary>
    Waiting,

    /// <summary>The real clock.</summary>
    Real,
}

/// <summary>The clock of one run, virtual or real.</summary>
internal sealed class ConformanceClock
{
    // More than any check needs; it ends a client that keeps itself busy for ever.
    private const long MostActions = 200_000;

    private static readonly DateTimeOffset _origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private readonly object _gate = new();
    private readonly TimeSpan _patience;
    private readonly VirtualScheduler? _virtual;
    private bool _isSignalled;

    public ConformanceClock(ClockKind kind, TimeSpan patience)
    {
        _patience = patience;
        _virtual = kind == ClockKind.Real ? null : new VirtualScheduler(new VirtualSchedulerOptions
        {
            Origin = _origin,
            Escapes = kind == ClockKind.Waiting ? EscapePolicy.Wait : EscapePolicy.Report,
        });
    }

    public VirtualScheduler? Virtual => _virtual;

    public IScheduler Scheduler => (IScheduler?)_virtual ?? DefaultScheduler.Instance;

    public DateTimeOffset Now => Scheduler.Now;

    /// <summary>How long nothing may happen before nothing is expected any more.</summary>
    public TimeSpan LongestQuiet => _virtual is null ? _patience : _day;

    /// <summary>The shortest time between two polls that find nothing.</summary>
    public static TimeSpan Tick => _tick;

    public void Signal()
    {
        lock (_gate)
        {
            _isSignalled = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets one thing happen, or time pass.</summary>
    /// <returns>Whether something has been seen to happen.</returns>
    public bool Step(DateTimeOffset until)
    {
        if (_virtual is { } clock)
        {
            var before = clock.Actions;
            return clock.RunUntil(() => clock.Actions > before, until, "A check");
        }

        Sleep(until);
        return false;
    }

    /// <summary>Lets everything happen up to a time.</summary>
    public void Pass(TimeSpan time)
    {
        var until = Now + time;
        if (_virtual is { } clock)
        {
            var most = clock.Actions + MostActions;
            clock.RunUntil(() => clock.Actions > most, until, "A check");
            return;
        }

        while (Now < until)
        {
            Sleep(until);
        }
    }

    /// <summary>Sleeps until a signal or a time. False when neither came for as long as anything may be expected.</summary>
    public bool SleepUntil(DateTimeOffset? until)
    {
        var last = until ?? Now + (_virtual is null ? _patience : TimeSpan.FromDays(3650));
        if (_virtual is { } clock)
        {
            var most = clock.Actions + MostActions;
            clock.RunUntil(() => Volatile.Read(ref _isSignalled) || clock.Actions > most, last, "A check");
        }
        else
        {
            while (Now < last && !Volatile.Read(ref _isSignalled))
            {
                Sleep(last);
            }
        }

        lock (_gate)
        {
            var came = _isSignalled || until is not null;
            _isSignalled = false;
            return came;
        }
    }

    private void Sleep(DateTimeOffset until)
    {
        lock (_gate)
        {
            var time = until - Now;
            if (!_isSignalled && time > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, time < _tick ? _tick : time < _patience ? time : _patience);
            }
        }
    }
}
