using System.Reactive.Concurrency;
using System.Reactive.PlatformServices;
using System.Runtime.CompilerServices;

namespace Rx.Connectors.Testing;

/// <summary>
/// Stands between Rx and the real clock, process-wide, and passes everything on. What is asked for from inside a virtual clock's action
/// is told to that clock's watch: operators with a time but no scheduler ask here.
/// </summary>
/// <param name="inner">What was there before.</param>
internal sealed class WatchedPlatform(IPlatformEnlightenmentProvider inner) : CurrentPlatformEnlightenmentProvider
{
    /// <summary>Whether Rx had asked for its timers already when this was put in, and keeps what it was given.</summary>
    public static bool IsTooLate { get; private set; } = true;

    public override T? GetService<T>(object[] args)
        where T : class
    {
        var service = inner.GetService<T>(args);
        if (typeof(T) == typeof(IConcurrencyAbstractionLayer) && service is IConcurrencyAbstractionLayer layer)
        {
            IsTooLate = false;
            return (T)(object)new WatchedConcurrency(layer);
        }

        return typeof(T) == typeof(ISystemClock)
            ? (T)(object)new WatchedClock((ISystemClock?)(object?)service ?? new DefaultSystemClock()) : service;
    }

    // Rx asks once, at the first use of a real scheduler. So this comes as early as it can, and lets it ask at once.
#pragma warning disable CA2255 // A library for tests, whose users gain by it without a call.
    [ModuleInitializer]
    internal static void PutIn()
#pragma warning restore CA2255
    {
        PlatformEnlightenmentProvider.Current = new WatchedPlatform(PlatformEnlightenmentProvider.Current);
        GC.KeepAlive(DefaultScheduler.Instance);
    }
}

/// <summary>Rx's timers and threads, watched.</summary>
internal sealed class WatchedConcurrency(IConcurrencyAbstractionLayer inner) : IConcurrencyAbstractionLayer
{
    public bool SupportsLongRunning => inner.SupportsLongRunning;

    public IDisposable StartTimer(Action<object?> action, object? state, TimeSpan dueTime)
    {
        EscapeWatch.AskedFor(RealThing.Timer, state);
        return inner.StartTimer(action, state, dueTime);
    }

    public IDisposable StartPeriodicTimer(Action action, TimeSpan period)
    {
        EscapeWatch.AskedFor(RealThing.Timer, action);
        return inner.StartPeriodicTimer(action, period);
    }

    public IDisposable QueueUserWorkItem(Action<object?> action, object? state)
    {
        EscapeWatch.AskedFor(RealThing.Thread);
        return inner.QueueUserWorkItem(action, state);
    }

    public void StartThread(Action<object?> action, object? state)
    {
        EscapeWatch.AskedFor(RealThing.Thread);
        inner.StartThread(action, state);
    }

    public void Sleep(TimeSpan timeout)
    {
        EscapeWatch.AskedFor(RealThing.Sleep);
        inner.Sleep(timeout);
    }

    public IStopwatch StartStopwatch()
    {
        EscapeWatch.AskedFor(RealThing.Time);
        return inner.StartStopwatch();
    }
}

/// <summary>Rx's time, watched.</summary>
internal sealed class WatchedClock(ISystemClock inner) : ISystemClock
{
    public DateTimeOffset UtcNow
    {
        get
        {
            EscapeWatch.AskedFor(RealThing.Time);
            return inner.UtcNow;
        }
    }
}
