using System.Diagnostics;
using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>
/// Sees work that has left a virtual clock. An <see cref="AsyncLocal{T}"/> travels with whatever is queued from inside an action,
/// and tells when another thread takes it up. What is queued without its context (<c>UnsafeQueueUserWorkItem</c>, a thread begun
/// before) is seen where it schedules on the clock again.
/// </summary>
internal sealed partial class EscapeWatch(EscapePolicy policy)
{
    private const string WaysOut = """
        What leads there: Task.Yield() or the cancellation of a task where no context is current, ConfigureAwait(false) where
        one is, TaskCreationOptions.RunContinuationsAsynchronously, Task.Run, real timers and real I/O. Run such code through
        VirtualScheduler.Run or Adopt, which bring what it awaits back, or let the clock wait for it: EscapePolicy.Wait.
        """;

    private static readonly AsyncLocal<Moment?> _local = new(OnChanged);

    [ThreadStatic]
    private static Moment? _inside;

    [ThreadStatic]
    private static Moment? _before;

    private readonly object _gate = new();
    private readonly List<Moment> _outside = [];
    private Moment? _moment;
    private string? _report;
    private bool _saysWayOut;
    private int _thread;
    private long _time;
    private long _arrivals;
    private long _step;
    private Moment? _latest;
    private volatile int _arriving;
    private bool _isParked;
    private bool _isTaken;
    private bool _hasRun;

    public EscapePolicy Policy => policy;

    /// <summary>How long, in real time, to wait for work that does not come back. Only a test that is about to fail waits it out.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>An action begins on the clock's thread.</summary>
    /// <returns>What is to be restored after it.</returns>
    public Moment? Enter(int depth, long time)
    {
        _hasRun = true;
        if (depth == 1)
        {
            _thread = Environment.CurrentManagedThreadId;
        }

        if (_moment is null || _time != time)
        {
            _time = time;
            _moment = new Moment(this, time, _step, null, null);
        }

        var outer = _local.Value;
        if (!ReferenceEquals(outer, _moment))
        {
            _local.Value = _moment;
        }

        return outer;
    }

    public void Leave(Moment? outer, int depth)
    {
        if (!ReferenceEquals(_local.Value, outer))
        {
            _local.Value = outer;
        }

        if (depth == 0)
        {
            _thread = 0;
        }
    }

    /// <summary>Something is scheduled on the clock, perhaps from elsewhere.</summary>
    public void CheckScheduling(bool isRunning, long time)
    {
        if (!isRunning || _thread == Environment.CurrentManagedThreadId)
        {
            return;
        }

        lock (_gate)
        {
            if (policy != EscapePolicy.Wait || _inside?.Watch != this)
            {
                _report ??= string.Create(
                    CultureInfo.InvariantCulture,
                    $"Thread {Describe()} scheduled something on the virtual clock while the clock ran, at {time}:" +
                    $"{Environment.NewLine}{new StackTrace(2)}");
            }
        }
    }

    /// <summary>What has escaped, told once; null if nothing has. Work that is queued has its chance to show itself first.</summary>
    /// <param name="isLast">Whether nothing else will ask: then what is queued gets its chance to begin.</param>
    /// <param name="isStuck">Whether the clock cannot go on, so that it may take its time to say why.</param>
    public string? TakeReport(bool isLast = false, bool isStuck = false)
    {
        // Where no action has run since, nothing was queued that was not looked for: time that just passes is cheap.
        if (policy == EscapePolicy.Report && _report is null && ((isLast && (_hasRun || isStuck)) || _arriving > 0))
        {
            lock (_gate)
            {
                _hasRun = false;
                Probe();
                for (var probes = 1; isStuck && _report is null && probes < MostProbes; probes++)
                {
                    Probe();
                }
            }
        }

        if (Interlocked.Exchange(ref _report, null) is not { } report)
        {
            return null;
        }

        var wayOut = _saysWayOut ? "" : $"{Environment.NewLine}{WaysOut}";
        _saysWayOut = false;
        return $"Work has left the virtual clock, so this run may not repeat. {report}{wayOut}";
    }

    private static string Tell(Moment moment, string how) => string.Create(
        CultureInfo.InvariantCulture, $"What began on it at {moment.Time} {how} on thread {Describe()}{MethodName()}.");

    private static string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"{Environment.CurrentManagedThreadId} '{Thread.CurrentThread.Name}'");

    // The box of an async method's state is generic in it, where the runtime still knows.
    private static string MethodName() => new StackTrace().GetFrames()
        .SelectMany(static frame => frame.GetMethod()?.DeclaringType?.GetGenericArguments() ?? [])
        .Where(static type => type.Name.StartsWith('<') && type.Name.Contains('>', StringComparison.Ordinal) && type.DeclaringType is not null)
        .Select(static type => $", in {TypeNames.Of(type.DeclaringType!)}.{type.Name[1..type.Name.IndexOf('>', StringComparison.Ordinal)]}")
        .FirstOrDefault("");

    /// <summary>A time on the clock at which something began, or what has escaped from there.</summary>
    /// <param name="watch">Whose it is.</param>
    /// <param name="time">When it began.</param>
    /// <param name="step">How often the clock had stood before. What was before that is over, and not kept.</param>
    /// <param name="cause">What queued it.</param>
    /// <param name="left">What ran on the same thread until now.</param>
    internal sealed class Moment(EscapeWatch watch, long time, long step, Moment? cause, Moment? left)
    {
        private readonly Moment? _cause = cause?.Step == step ? cause : null;
        private Moment? _left = left?.Step == step ? left : null;

        public EscapeWatch Watch => watch;

        public long Time => time;

        public long Step => step;

        /// <summary>It is a continuation of what ran last on the same thread, which completed what it awaited.</summary>
        /// <param name="last">What ran last.</param>
        /// <returns>Whether that was in the present step.</returns>
        public bool Continue(Moment? last)
        {
            _left = last?.Step == step && last.Watch == watch ? last : null;
            return _left is not null;
        }

        public bool Follows(Moment other)
        {
            var open = new Stack<Moment?>([this]);
            var seen = new HashSet<Moment>();
            while (open.TryPop(out var one))
            {
                if (ReferenceEquals(one, other))
                {
                    return true;
                }

                if (one is not null && seen.Add(one))
                {
                    open.Push(one._cause);
                    open.Push(one._left);
                }
            }

            return false;
        }
    }
}
