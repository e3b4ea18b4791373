using System.Diagnostics;
using System.Reflection;

namespace Rx.Connectors.Testing;

/// <summary>Tells what takes up the clock's work elsewhere from what only passes by.</summary>
internal sealed partial class EscapeWatch
{
    private static readonly string[] _realSources =
        ["System.Threading.TimerQueue", "System.Threading.RegisteredWaitHandle", "System.Net.", "System.IO."];

    private static readonly string? _framework = Path.GetDirectoryName(typeof(object).Assembly.Location);

    // The first arrival would be busy compiling while the clock looks for it.
    static EscapeWatch()
    {
        var watch = new EscapeWatch(EscapePolicy.Wait) { _thread = -1, _isParked = true };
        _local.Value = new Moment(watch, 0, 0, null, null);
        var context = ExecutionContext.Capture()!;
        _local.Value = null;
        ExecutionContext.Run(context, static _ => { }, null);
    }

    // An exception here would end the process.
    private static void OnChanged(AsyncLocalValueChangedArgs<Moment?> change)
    {
        if (!change.ThreadContextChanged || _isLooking)
        {
            return;
        }

        var watch = change.CurrentValue?.Watch;
        try
        {
            if (watch is not null)
            {
                Interlocked.Increment(ref watch._arriving);
            }

            Change(change.CurrentValue);
        }
        catch (Exception error)
        {
            if (watch is not null)
            {
                watch._report ??= $"It could not be watched: {error}";
            }
        }
        finally
        {
            if (watch is not null)
            {
                Interlocked.Decrement(ref watch._arriving);
            }
        }
    }

    private static void Change(Moment? came)
    {
        var left = _inside;
        _inside = null;
        _before = left ?? _before;
        var here = came is null ? null : came.Watch.GoOn(came, left);
        if (left is not null && left.Watch == here?.Watch)
        {
            // At once, so that the clock does not go on in between.
            lock (left.Watch._gate)
            {
                left.Watch.Left(left);
                here.Watch.Arrived(here, isSameThread: true);
            }

            return;
        }

        left?.Watch.Left(left);
        here?.Watch.Arrived(here, isSameThread: false);
    }

    /// <returns>What has escaped; null if it has not.</returns>
    private Moment? GoOn(Moment came, Moment? left)
    {
        var thread = Volatile.Read(ref _thread);
        var isHere = thread != 0 ? thread == Environment.CurrentManagedThreadId : !IsFresh();
        if (isHere)
        {
            // What was begun earlier goes on now, and what it queues is of now.
            if (!ReferenceEquals(came, _moment) && _moment is { } moment)
            {
                _local.Value = moment;
            }

            return null;
        }

        // What it queues in turn is its successor, and told from what merely comes at the same time.
        var here = new Moment(this, came.Time, Volatile.Read(ref _step), came, left);
        _local.Value = here;
        _inside = here;
        return here;
    }

    // While no action runs, a test may well complete what the clock's code awaits. Then its own frames are below this one.
    private static bool IsFresh() => Array.TrueForAll(
        new StackTrace().GetFrames(),
        static frame => frame.GetMethod()?.DeclaringType is not { } type || type.Assembly == typeof(EscapeWatch).Assembly
            || IsFramework(type.Assembly));

    private static bool IsFramework(Assembly assembly) =>
        assembly == typeof(object).Assembly || (!assembly.IsDynamic && Path.GetDirectoryName(assembly.Location) == _framework);

    // What comes from the pool's queue was put there while the clock looked. The rest calls back when it likes.
    private static string? FindRealSource(string[] frames) =>
        Array.Find(frames, static name => Array.Exists(_realSources, source => name.StartsWith(source, StringComparison.Ordinal)))
            ?? (Array.Exists(frames, static name => name.Contains("ThreadPool", StringComparison.Ordinal)) ? null : "a thread of its own");

    private static string[] Frames() =>
    [
        .. new StackTrace().GetFrames().Select(static frame => frame.GetMethod())
            .Select(static method => $"{method?.DeclaringType?.FullName}.{method?.Name}"),
    ];

    private void Arrived(Moment moment, bool isSameThread)
    {
        lock (_gate)
        {
            _arrivals++;
            if (policy == EscapePolicy.Report)
            {
                _report ??= Tell(moment, "went on");
            }
            else
            {
                AwaitTurn(moment, isSameThread);
            }
        }
    }
}
