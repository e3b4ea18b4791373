using System.Diagnostics;
using System.Reactive.Concurrency;

namespace Rx.Connectors.Scheduling;

/// <summary>
/// The one place that blocks. A thread that must wait for asynchronous work runs what is posted here meanwhile, so that the
/// work's own continuations never need another thread, a thread pool or the context the caller came with (rule K6).
/// </summary>
/// <remarks>
/// The trap: what awaits a client's task in here must not say <c>ConfigureAwait(false)</c>. Where a context is current the
/// framework does not run such a continuation in place but on the thread pool, which in virtual time looks like a deadlock.
/// </remarks>
internal sealed class Mailbox : SynchronizationContext
{
    private readonly object _gate = new();
    private readonly IScheduler _scheduler;
    private readonly ISchedulerWait? _virtualWait;
    private readonly ElapsedTime _elapsed;
    private Queue<(SendOrPostCallback Callback, object? State)> _posts = new();
    // What the waiting thread has taken to run; touched by no other.
    private Queue<(SendOrPostCallback Callback, object? State)> _taken = new();
    private SynchronizationContext? _outer;
    private bool? _isVirtual;
    private bool _closed;
    private bool _isWoken;
    private bool _isAsleep;

    public Mailbox(IScheduler scheduler)
        : this(scheduler, new ElapsedTime(scheduler))
    {
    }

    public Mailbox(IScheduler scheduler, ElapsedTime elapsed)
    {
        _scheduler = scheduler;
        _elapsed = elapsed;
        _virtualWait = scheduler.FindWait();
    }

    /// <summary>Makes this the context of the code that follows; undo with <see cref="Leave"/>.</summary>
    public void Enter()
    {
        // Without the lock: whoever posts late, for what was done in here before, may find it closed or open.
        _isWoken = false;
        Volatile.Write(ref _closed, false);
        _outer = Current;
        SetSynchronizationContext(this);
    }

    /// <summary>Restores the caller's context. What is posted from now on runs in the background instead of never.</summary>
    public void Leave()
    {
        SetSynchronizationContext(_outer);
        lock (_gate)
        {
            _closed = true;
        }

        // Nobody adds to them any more.
        if (_taken.Count + _posts.Count > 0)
        {
            RunInBackground(_taken);
            RunInBackground(_posts);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _posts.Enqueue((d, state));
                Pulse();
                return;
            }
        }

        RunInBackground(d, state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>
    /// Makes the thread that waits look again; nothing if none does. It leaves nothing to run, neither now nor in the background: it
    /// may come from another thread, at no certain moment, and in virtual time must not count for an action (rule F6).
    /// </summary>
    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Pulse();
        }
    }

    /// <summary>Runs what has been posted up to now.</summary>
    public void RunPosts()
    {
        // What one that threw has left comes first.
        if (_taken.Count == 0)
        {
            lock (_gate)
            {
                // What is looked at from now on is newer than what woke it.
                _isWoken = false;
                (_taken, _posts) = (_posts, _taken);
            }
        }

        while (_taken.TryDequeue(out var post))
        {
            post.Callback(post.State);
        }
    }

    /// <summary>Runs what is posted until <paramref name="done"/> holds, or <paramref name="until"/> is reached.</summary>
    /// <param name="done">Looked at after what is posted has run; in virtual time after every action, too.</param>
    /// <param name="until">When to give up, in <see cref="ElapsedTime"/>; null for never.</param>
    /// <param name="waiter">Who waits for what, for messages.</param>
    /// <param name="beforeSleep">Called each time before the thread sleeps, in this context. In virtual time it never does.</param>
    /// <returns>Whether it is done.</returns>
    /// <exception cref="SchedulerDeadlockException">On a virtual-time scheduler with nothing left to run.</exception>
    /// <exception cref="NotSupportedException">On a virtual-time scheduler that cannot run its clock from inside.</exception>
    public bool Run(Func<bool> done, long? until, string waiter, Action? beforeSleep = null)
    {
        while (true)
        {
            // Read before the posts are run: what was posted in time counts, and posts without end do not stretch the wait.
            var over = _elapsed.Now >= until;
            RunPosts();
            if (done())
            {
                return true;
            }

            if (over || !WaitForPost(done, until, waiter, beforeSleep))
            {
                return false;
            }
        }
    }

    private bool WaitForPost(Func<bool> done, long? until, string waiter, Action? beforeSleep)
    {
        if (_virtualWait is not null)
        {
            return WaitInVirtualTime(_virtualWait, done, until, waiter);
        }

        if (_isVirtual ??= _scheduler.IsVirtual())
        {
            throw CannotWait(waiter);
        }

        beforeSleep?.Invoke();
        return WaitOnRealClock(until, waiter);
    }

    private bool WaitOnRealClock(long? until, string waiter)
    {
        lock (_gate)
        {
            while (_posts.Count == 0 && !_isWoken)
            {
                var left = until - _elapsed.Now;
                if (left <= 0)
                {
                    return false;
                }

                // A wrapper may hide that the clock is virtual. Then it has not moved, and never will.
                var date = _scheduler.Now;
                if (!Sleep(left) && _scheduler.Now == date)
                {
                    throw CannotWait(waiter);
                }
            }

            return true;
        }
    }

    // Nobody is pulsed who does not sleep: a lock that has never been waited on is a cheap one.
    private void Pulse()
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        if (_isAsleep)
        {
            Monitor.Pulse(_gate);
        }
    }

    private bool Sleep(long? time)
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        _isAsleep = true;
        try
        {
            return Monitor.Wait(_gate, ToMilliseconds(time));
        }
        finally
        {
            _isAsleep = false;
        }
    }

    private NotSupportedException CannotWait(string waiter) => new(
        $"{waiter} must wait, but {TypeName.Of(_scheduler.GetType())} cannot run its clock forward from inside an action: " +
        $"it does not offer the service {nameof(ISchedulerWait)}.");

    private bool WaitInVirtualTime(ISchedulerWait wait, Func<bool> done, long? until, string waiter)
    {
        // The actions that run meanwhile are others' and must not take this context for theirs. What has happened is looked at
        // directly, too: in virtual time it must not depend on when a continuation on another thread says so.
        var current = Current;
        SetSynchronizationContext(_outer);
        try
        {
            return RunUntil(wait, () => HasPosts() || done(), until, waiter);
        }
        finally
        {
            SetSynchronizationContext(current);
        }
    }

    // The scheduler is told a date; where that is set meanwhile, it may come before its time.
    private bool RunUntil(ISchedulerWait wait, Func<bool> condition, long? until, string waiter)
    {
        while (true)
        {
            var now = _elapsed.Now;
            if (wait.RunUntil(condition, until is { } time ? _elapsed.DateOf(time) : null, waiter))
            {
                return true;
            }

            if (_elapsed.Now is var later && (later >= until || later == now))
            {
                return false;
            }
        }
    }

    // Rounded up, or the last fraction of a millisecond would be spent spinning; cut to what a wait can take.
    private static int ToMilliseconds(long? left) => left is { } time
        ? (int)Math.Min(Math.Ceiling(TimeSpan.FromTicks(time).TotalMilliseconds), int.MaxValue) : Timeout.Infinite;

    private bool HasPosts()
    {
        lock (_gate)
        {
            return _posts.Count > 0 || _isWoken;
        }
    }

    private void RunInBackground(Queue<(SendOrPostCallback Callback, object? State)> posts)
    {
        while (posts.TryDequeue(out var post))
        {
            RunInBackground(post.Callback, post.State);
        }
    }

    private void RunInBackground(SendOrPostCallback callback, object? state) =>
        _scheduler.Background().Schedule((callback, state), static (_, post) =>
        {
            post.callback(post.state);
            return System.Reactive.Disposables.Disposable.Empty;
        });
}
