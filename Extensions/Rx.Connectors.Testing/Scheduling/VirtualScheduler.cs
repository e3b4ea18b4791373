using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Testing;

/// <summary>
/// Virtual time for connectors and whole flows: all that is scheduled on it runs on the thread that runs the clock, and time
/// passes at once. An action may wait for others (<see cref="ISchedulerWait"/>), as a sink does that blocks until it has written.
/// </summary>
/// <remarks>
/// <para>The clock counts ticks of 100 ns from <see cref="VirtualSchedulerOptions.Origin"/>. Unlike with Rx's <c>TestScheduler</c>
/// "now" means now: what is scheduled for the present is not moved to the next tick. What is due at the same time runs in the order
/// in which it was scheduled, or in a random one (<see cref="VirtualSchedulerOptions.Seed"/>).</para>
/// <para>Run it from one thread. Others may schedule on it, which is reported while it runs: see <see cref="EscapePolicy"/>.</para>
/// </remarks>
public sealed partial class VirtualScheduler : VirtualTimeScheduler<long, long>, ISchedulerWait
{
    private readonly DateTimeOffset _origin;
    private readonly DueQueue _queue;
    private readonly EscapeWatch? _escapes;
    private readonly VirtualTimeProvider _time;
    private int _depth;
    private long _latest;
    private bool _isHalted;

    /// <summary>Makes a clock that stands at 0.</summary>
    /// <param name="options">How it runs; null for the defaults.</param>
    public VirtualScheduler(VirtualSchedulerOptions? options = null)
    {
        options ??= new VirtualSchedulerOptions();
        _origin = options.Origin.ToUniversalTime();
        _queue = new DueQueue(options.Seed);
        _escapes = options.Escapes == EscapePolicy.Ignore ? null : new EscapeWatch(options.Escapes);
        Context = new VirtualContext(this);
        TaskScheduler = new VirtualTaskScheduler(this);
        _time = new VirtualTimeProvider(this, this.ToTimeProvider());
    }

    /// <summary>This clock for clients that ask for a <see cref="System.TimeProvider"/>: their delays, timers and timeouts follow it.</summary>
    /// <remarks>
    /// What awaits a delay or a <c>WaitAsync</c> of it goes on as an action of this clock when its token is cancelled. One without an
    /// end (<see cref="Timeout.InfiniteTimeSpan"/>) has no timer that the clock could know it by: it leaves for the thread pool then,
    /// unless the code runs under <see cref="Context"/>.
    /// </remarks>
    public TimeProvider TimeProvider => _time;

    /// <summary>
    /// Brings what is awaited back to this clock, <c>Task.Yield()</c> and what was cancelled included. <see cref="Run(Func{Task})"/>
    /// and <see cref="Adopt{T}(IAsyncEnumerable{T})"/> set it for the code that they run; other actions have none, as on a worker's thread.
    /// </summary>
    public SynchronizationContext Context { get; }

    /// <summary>Runs tasks as actions of this clock.</summary>
    public TaskScheduler TaskScheduler { get; }

    /// <summary>How many actions are waiting for their time.</summary>
    public int Pending => _queue.Count;

    /// <summary>How many actions have run. Two runs that repeat have the same number.</summary>
    public long Actions { get; private set; }

    /// <summary>How long, in real time, to wait for escaped work before it is reported.</summary>
    internal TimeSpan EscapePatience
    {
        get => _escapes?.Patience ?? TimeSpan.Zero;
        set => _escapes?.Patience = value;
    }

    /// <summary>Hears of each action before it runs.</summary>
    internal Action? BeforeAction { get; set; }

    /// <summary>Schedules an action.</summary>
    /// <param name="time">When, on this clock. A time that is past means now.</param>
    /// <param name="action">The action.</param>
    /// <returns>Cancels it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="action"/> is null.</exception>
    public IDisposable At(long time, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return ScheduleAbsolute(action, time, static (_, todo) =>
        {
            todo();
            return Disposable.Empty;
        });
    }

    /// <summary>Runs what is due until a time, and leaves the clock there.</summary>
    /// <param name="time">When, on this clock; not before now.</param>
    /// <remarks>An action that waits beyond it takes the clock further, and there it stays.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is past.</exception>
    /// <exception cref="EscapedWorkException">Work has left the clock; see <see cref="EscapePolicy"/>.</exception>
    public new void AdvanceTo(long time)
    {
        base.AdvanceTo(time);
        Clock = Math.Max(Clock, _latest);
        ThrowIfEscaped(isLast: true);
    }

    /// <summary>As <see cref="AdvanceTo"/>, counted from now.</summary>
    /// <param name="time">For how many ticks; not less than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is negative.</exception>
    /// <exception cref="EscapedWorkException">Work has left the clock; see <see cref="EscapePolicy"/>.</exception>
    public new void AdvanceBy(long time)
    {
        base.AdvanceBy(time);
        Clock = Math.Max(Clock, _latest);
        ThrowIfEscaped(isLast: true);
    }

    /// <inheritdoc/>
    public override IDisposable ScheduleAbsolute<TState>(
        TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (_isHalted)
        {
            return Disposable.Empty;
        }

        _escapes?.CheckScheduling(_depth > 0, Clock);
        var item = new DueAction<TState>(this, _queue, Math.Max(dueTime, Clock), state, action);
        _queue.Add(item);
        return item;
    }

    /// <inheritdoc/>
    public bool RunUntil(Func<bool> condition, DateTimeOffset? until, string waiter)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var limit = until is { } time ? (time.ToUniversalTime() - _origin).Ticks : long.MaxValue;
        while (!condition())
        {
            var next = GetNext();
            if (_isHalted)
            {
                throw new HaltedException();
            }

            if (next is not null && next.DueTime <= limit)
            {
                MoveTo(next.DueTime);
                next.Invoke();
            }
            else if (condition())
            {
                // What has escaped has come back meanwhile.
                break;
            }
            else if (until is null)
            {
                throw new SchedulerDeadlockException(
                    $"{waiter} waits at {Clock} ({this.Now:O}), and nothing is left to run.{Hint()}");
            }
            else
            {
                MoveTo(limit);
                return false;
            }
        }

        return true;
    }

    /// <summary>Nothing runs any more, and whoever waits is thrown out: the process that this clock belongs to has crashed.</summary>
    internal void Halt()
    {
        _isHalted = true;
        _queue.Clear();
    }

    /// <summary>Says who runs an action, and sees to what is true while it runs.</summary>
    internal IDisposable Invoke<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        Actions++;
        BeforeAction?.Invoke();
        if (_isHalted)
        {
            return Disposable.Empty;
        }

        var context = SynchronizationContext.Current;
        if (context is not null)
        {
            // That of a test, or of code that waits inside Run: under it ConfigureAwait(false) would lead to another thread.
            SynchronizationContext.SetSynchronizationContext(null);
        }

        _depth++;
        var outer = _escapes?.Enter(_depth, Clock);
        try
        {
            return action(this, state);
        }
        finally
        {
            _time.TakeOver();
            _depth--;
            _escapes?.Leave(outer, _depth);
            if (context is not null)
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }
    }

    /// <inheritdoc/>
    protected override IScheduledItem<long>? GetNext()
    {
        _time.TakeOver();
        var next = _isHalted ? null : _queue.Peek();
        if (_escapes is not { } escapes)
        {
            return next;
        }

        if (escapes.Policy == EscapePolicy.Wait && !_isHalted && (next is null || next.DueTime > Clock))
        {
            escapes.Settle(Clock);
            next = _queue.Peek();
        }

        if (next is null || next.DueTime > Clock)
        {
            escapes.LookForTimers();
        }

        if (_depth == 0)
        {
            ThrowIfEscaped(isLast: next is null);
        }

        return next;
    }

    // The base class sets the clock to where it was told to advance to, also when an action's waiting has gone beyond.
    private void MoveTo(long time) => _latest = Clock = Math.Max(Clock, time);

    private void ThrowIfEscaped(bool isLast)
    {
        if (_escapes?.TakeReport(isLast) is { } report)
        {
            Stop();
            throw new EscapedWorkException(report);
        }
    }

    private string Hint() => _escapes?.TakeReport(isLast: true, isStuck: true) is { } report ? $"{Environment.NewLine}{report}" : "";

    /// <inheritdoc/>
    protected override object? GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerWait) ? this : serviceType == typeof(TimeProvider) ? _time : base.GetService(serviceType);
}
