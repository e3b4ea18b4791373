using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Scheduling;

/// <summary>
/// A thread of a worker's own that runs what is scheduled on it, in order. Unlike Rx's <see cref="EventLoopScheduler"/> it waits for
/// the time of an action by itself: a timer would bring in a thread of the pool for each, and one of less than a millisecond
/// none at all. So a poll every millisecond costs one wake of one thread.
/// </summary>
/// <remarks>
/// What is still to come when it is disposed never runs, and what is scheduled afterwards neither. It is not refused: what was scheduled
/// for a date Rx brings along on a timer's thread, where a refusal would end the process.
/// </remarks>
internal sealed class WorkerThread(string name) : LocalScheduler, IDisposable
{
    // As long as a semaphore of the framework spins.
    private const int Spins = 140;

    private readonly object _gate = new();
    private readonly ElapsedTime _elapsed = new(DefaultScheduler.Instance);
    private readonly Queue<ScheduledItem<long>> _ready = new();
    private readonly PriorityQueue<ScheduledItem<long>, (long Due, long Number)> _later = new();
    private Thread? _thread;
    private long _number;
    private bool _isAsleep;
    private bool _maySpin;
    private bool _disposed;
    private volatile bool _hasNews;

    public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var due = dueTime > TimeSpan.Zero ? _elapsed.After(dueTime) : 0;
        var item = new ScheduledItem<long, TState>(this, state, action, due);
        lock (_gate)
        {
            if (_disposed)
            {
                return Disposable.Empty;
            }

            _hasNews = true;
            if (due == 0)
            {
                _ready.Enqueue(item);
            }
            else
            {
                _later.Enqueue(item, (due, _number++));
            }

            if (_thread is null)
            {
                _thread = new Thread(Run) { Name = name, IsBackground = true };
                _thread.Start();
            }
            else if (_isAsleep)
            {
                Monitor.Pulse(_gate);
            }
        }

        return item;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = _hasNews = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (Next() is { } item)
        {
            if (!item.IsCanceled)
            {
                item.Invoke();
            }
        }
    }

    private ScheduledItem<long>? Next()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    _ready.Clear();
                    _later.Clear();
                    return null;
                }

                var due = TakeDue();
                if (_ready.TryDequeue(out var item))
                {
                    return item;
                }

                _hasNews = false;
                if (!_maySpin)
                {
                    Sleep(due);
                    continue;
                }

                _maySpin = false;
            }

            Spin();
        }
    }

    // What was just woken by somebody is often woken again at once, and to sleep and be woken costs more. Not after a time has come.
    private void Spin()
    {
        var spinner = default(SpinWait);
        for (var i = 0; i < Spins && !_hasNews; i++)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <returns>When the next one is due.</returns>
    private long TakeDue()
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        while (_later.TryPeek(out var item, out var next))
        {
            if (!item.IsCanceled && next.Due > _elapsed.Now)
            {
                return next.Due;
            }

            _ready.Enqueue(_later.Dequeue());
        }

        return ElapsedTime.Never;
    }

    // Rounded up, or the last fraction of a millisecond would be spent spinning.
    private void Sleep(long due)
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        var left = Math.Ceiling(TimeSpan.FromTicks(due - _elapsed.Now).TotalMilliseconds);
        _isAsleep = true;
        _maySpin = Monitor.Wait(_gate, due == ElapsedTime.Never ? Timeout.Infinite : (int)Math.Clamp(left, 0, int.MaxValue));
        _isAsleep = false;
    }
}
