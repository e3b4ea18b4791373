using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Writes batches, one after another: starts, confirms, times out and retries, all on the thread that called, which waits in
/// between. Having one thread it has no locks, and in virtual time it runs the same way every time. What it needs it keeps from
/// batch to batch; a write that completes at once needs nothing.
/// </summary>
internal sealed partial class WriteRun<T>
{
    private readonly IBatchWriter<T> _writer;
    private readonly WriteSettings _settings;
    private readonly IScheduler _scheduler;
    private readonly ElapsedTime _elapsed;
    private readonly Mailbox _mailbox;
    private readonly Func<bool> _hasNews;
    private readonly Action _watch;
    private readonly WriteTries _tries = new();
    private readonly WritesLeft _left;
    private CancellationTokenSource _stop = null!;
    private int _count;
    private int _next;
    private bool _giveUp;

    public WriteRun(IBatchWriter<T> writer, WriteSettings settings, IScheduler scheduler, WritesLeft left)
    {
        _writer = writer;
        _settings = settings;
        _scheduler = scheduler;
        _left = left;
        _elapsed = new ElapsedTime(scheduler);
        _mailbox = new Mailbox(scheduler, _elapsed);
        _hasNews = HasNews;
        _watch = Watch;
    }

    /// <summary>Returns when every item is written.</summary>
    /// <exception cref="SinkWriteException">One was not.</exception>
    public void Complete(IReadOnlyList<T> items, CancellationTokenSource stop)
    {
        _stop = stop;
        _next = 0;
        _giveUp = false;
        _count = _writer.Open(items);
        try
        {
            Write();
            if (_failed is not null)
            {
                throw _failed.ToException(_next, _count);
            }
        }
        finally
        {
            _writer.Close();
            Clear();
        }
    }

    private void Write()
    {
        _mailbox.Enter();
        try
        {
            while (Advance())
            {
                // Most of what does not end at once ends here, without a look at the clock.
                _mailbox.RunPosts();
                if (!HasNews())
                {
                    _mailbox.Run(_hasNews, NextDue(), _writer.Waiter, _watch);
                }

                Collect();
            }
        }
        catch (Exception failed)
        {
            // The scheduler cannot wait, or a client threw beside its task, as an async void does.
            GiveUp(_ => failed);
            if (_failed is null)
            {
                throw;
            }
        }
        finally
        {
            _mailbox.Leave();
        }
    }

    private bool HasNews() => _tries.AnyHasEnded || HasVainRetry();

    // The thread is about to sleep: what ends outside of the mailbox must wake it. What ends inside of it does so in place. In virtual
    // time nobody needs to tell, for the tasks are looked at after every action.
    private void Watch()
    {
        foreach (var one in _tries)
        {
            one.Watch();
        }
    }

    // Starts what may start now. False when nothing is left to wait for.
    private bool Advance()
    {
        if (_hasRetries)
        {
            BeginRetries();
        }

        // Again where a write has ended on another thread just after it was begun: there is room for the next one, and perhaps nothing
        // else to wait for.
        do
        {
            while (MayBegin())
            {
                BeginOne();
            }

            _tries.RemoveEnded();
        }
        while (MayBegin());

        return _tries.Count > 0;
    }

    private bool MayBegin() => !_giveUp && _next < _count && _tries.Count < _settings.MaxConcurrency;

    private void BeginOne()
    {
        if (BeginNext() is { } task)
        {
            Begin(_tries.Add(_next - 1), task);
        }
    }

    private Task? BeginNext()
    {
        try
        {
            return _writer.BeginFrom(ref _next, _stop.Token);
        }
        catch (Exception writeFailed)
        {
            return Task.FromException(writeFailed);
        }
    }

    private void Begin(WriteTry one, Task task)
    {
        one.Begin(task);
        if (task.IsCompleted)
        {
            End(one);
        }
        else if (_settings.MaxConcurrency > 1)
        {
            // Others are begun before the thread waits. Alone, its time is read then: it mostly ends before.
            SetDeadline(one);
        }
    }

    private void SetDeadline(WriteTry one)
    {
        if (_settings.Timeout != Timeout.InfiniteTimeSpan)
        {
            one.Deadline = _elapsed.After(_settings.Timeout);
        }
    }

    // Looks at what has ended, then at what should have.
    private void Collect()
    {
        foreach (var one in _tries)
        {
            if (one.HasEnded)
            {
                End(one);
            }
        }

        if (HasVainRetry())
        {
            FailRetries();
        }

        _tries.RemoveEnded();
        if (_tries.Count > 0)
        {
            CheckTime();
        }
    }

    private long? NextDue()
    {
        long? next = null;
        foreach (var one in _tries)
        {
            if (one.RetryAt is null && one.Deadline is null)
            {
                SetDeadline(one);
            }

            var due = one.RetryAt ?? one.Deadline;
            next = next is null || due < next ? due : next;
        }

        return next;
    }

    private void Clear()
    {
        _tries.Clear();
        _failed = null;
        if (_hasRetries)
        {
            _hasRetries = false;
            _stopped.Dispose();
        }
    }
}
