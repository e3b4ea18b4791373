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
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posts = new();
    private readonly IScheduler _scheduler;
    private readonly ISchedulerWait? _virtualWait;
    private SynchronizationContext? _outer;
    private bool _closed;
    private bool _isWoken;

    public Mailbox(IScheduler scheduler)
    {
        _scheduler = scheduler;
        _virtualWait = scheduler.FindWait();
    }

    /// <summary>Makes this the context of the code that follows; undo with <see cref="Leave"/>.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            _closed = false;
            _isWoken = false;
        }

        _outer = Current;
        SetSynchronizationContext(this);
    }

    /// <summary>Restores the caller's context. What is posted from now on runs in the background instead of never.</summary>
    public void Leave()
    {
        SetSynchronizationContext(_outer);
        (SendOrPostCallback, object?)[] late;
        lock (_gate)
        {
            _closed = true;
            late = [.. _posts];
            _posts.Clear();
        }

        foreach (var (callback, state) in late)
        {
            RunInBackground(callback, state);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _posts.Enqueue((d, state));
                Monitor.Pulse(_gate);
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
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Runs what is posted until <paramref name="done"/> holds, or <paramref name="until"/> is reached.</summary>
    /// <exception cref="SchedulerDeadlockException">On a virtual-time scheduler with nothing left to run.</exception>
    /// <exception cref="NotSupportedException">On a virtual-time scheduler that cannot run its clock from inside.</exception>
    public bool Run(Func<bool> done, DateTimeOffset? until, string waiter)
    {
        while (true)
        {
            // Read before the posts are run: what was posted in time counts, and posts without end do not stretch the wait.
            var over = _scheduler.Now >= until;
            RunPosts();
            if (done())
            {
                return true;
            }

            if (over || !WaitForPost(done, until, waiter))
            {
                return false;
            }
        }
    }

    private void RunPosts()
    {
        int left;
        lock (_gate)
        {
            // What is looked at from now on is newer than what woke it.
            _isWoken = false;
            left = _posts.Count;
        }

        for (; left > 0 && TryNext(out var post); left--)
        {
            post.Callback(post.State);
        }
    }

    private bool WaitForPost(Func<bool> done, DateTimeOffset? until, string waiter)
    {
        if (_virtualWait is not null)
        {
            return WaitInVirtualTime(_virtualWait, done, until, waiter);
        }

        return _scheduler.IsVirtual() ? throw CannotWait(waiter) : WaitOnRealClock(until, waiter);
    }

    private bool WaitOnRealClock(DateTimeOffset? until, string waiter)
    {
        lock (_gate)
        {
            while (_posts.Count == 0 && !_isWoken)
            {
                var now = _scheduler.Now;
                var left = until - now;
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                // A wrapper may hide that the clock is virtual. Then it has not moved, and never will.
                if (!Monitor.Wait(_gate, ToMilliseconds(left)) && _scheduler.Now == now)
                {
                    throw CannotWait(waiter);
                }
            }

            return true;
        }
    }

    private NotSupportedException CannotWait(string waiter) => new(
        $"{waiter} must wait, but {_scheduler.GetType().Name} cannot run its clock forward from inside an action: " +
        $"it does not offer the service {nameof(ISchedulerWait)}.");

    private bool WaitInVirtualTime(ISchedulerWait wait, Func<bool> done, DateTimeOffset? until, string waiter)
    {
        // The actions that run meanwhile are others' and must not take this context for theirs. What has happened is looked at
        // directly, too: in virtual time it must not depend on when a continuation on another thread says so.
        var current = Current;
        SetSynchronizationContext(_outer);
        try
        {
            return wait.RunUntil(() => HasPosts() || done(), until, waiter);
        }
        finally
        {
            SetSynchronizationContext(current);
        }
    }

    // Rounded up, or the last fraction of a millisecond would be spent spinning; cut to what a wait can take.
    private static int ToMilliseconds(TimeSpan? left) =>
        left is { } time ? (int)Math.Min(Math.Ceiling(time.TotalMilliseconds), int.MaxValue) : Timeout.Infinite;

    private bool HasPosts()
    {
        lock (_gate)
        {
            return _posts.Count > 0 || _isWoken;
        }
    }

    private bool TryNext(out (SendOrPostCallback Callback, object? State) post)
    {
        lock (_gate)
        {
            return _posts.TryDequeue(out post);
        }
    }

    private void RunInBackground(SendOrPostCallback callback, object? state) =>
        _scheduler.Background().Schedule((callback, state), static (_, post) =>
        {
            post.callback(post.state);
            return System.Reactive.Disposables.Disposable.Empty;
        });
}
