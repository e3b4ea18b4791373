using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Writes one batch: starts, confirms, times out and retries, all on the thread that called, which waits in between. Having
/// one thread it has no locks, and in virtual time it runs the same way every time.
/// </summary>
internal sealed class WriteRun(
    int count, WriteSettings settings, Func<int, CancellationToken, Task> write, int itemsPerWrite = 1)
{
    private readonly List<WriteTry> _tries = [];
    private readonly SortedDictionary<int, FailedWrite> _failed = [];
    private readonly bool[] _confirmed = new bool[count];
    private IScheduler _scheduler = null!;
    private CancellationTokenSource _stop = null!;
    private Random? _jitter;
    private int _next;
    private bool _giveUp;

    /// <summary>Returns when every write is confirmed.</summary>
    /// <exception cref="SinkWriteException">One was not.</exception>
    public void Complete(Mailbox mailbox, IScheduler scheduler, CancellationTokenSource stop)
    {
        _scheduler = scheduler;
        _stop = stop;
        Action wake = mailbox.Wake;
        // Closing ends a write through its token; what waits for a retry has none that looks at it.
        using var stopped = settings.MaxRetries == 0
            ? default : stop.Token.UnsafeRegister(static (state, _) => ((Action)state!)(), wake);
        mailbox.Enter();
        try
        {
            Func<bool> hasNews = HasNews;
            while (Advance(wake))
            {
                mailbox.Run(hasNews, NextDue(), itemsPerWrite > 1 ? "The write of a batch" : "The write of an item");
                Collect();
            }
        }
        catch (Exception failed)
        {
            // The scheduler cannot wait, or a client threw beside its task, as an async void does.
            GiveUp(_ => failed);
            if (_failed.Count == 0)
            {
                throw;
            }
        }
        finally
        {
            mailbox.Leave();
        }

        if (_failed.Count > 0)
        {
            throw Failure();
        }
    }

    private bool HasNews() => _tries.Exists(static one => one.HasEnded) || HasVainRetry();

    // The partition was closed: no retry will be begun.
    private bool HasVainRetry() => _stop.IsCancellationRequested && _tries.Exists(static one => one.RetryAt is not null);

    // Starts what may start now. False when nothing is left to wait for.
    private bool Advance(Action wake)
    {
        foreach (var one in _tries)
        {
            // Once another has failed for good, the retries that are due with it are failed already.
            if (!_giveUp && one.RetryAt is { } due && due <= _scheduler.Now)
            {
                Begin(one, Call(one.Index), wake);
            }
        }

        RemoveEnded();
        while (!_giveUp && _next < count && _tries.Count < settings.MaxConcurrency)
        {
            var index = _next++;
            var task = Call(index);
            if (task.IsCompletedSuccessfully)
            {
                _confirmed[index] = true;
                continue;
            }

            var one = new WriteTry(index);
            _tries.Add(one);
            Begin(one, task, wake);
        }

        RemoveEnded();
        return _tries.Count > 0;
    }

    private void RemoveEnded() => _tries.RemoveAll(one => _confirmed[one.Index] || _failed.ContainsKey(one.Index));

    private Task Call(int index)
    {
        try
        {
            _stop.Token.ThrowIfCancellationRequested();
            return write(index, _stop.Token) ?? throw new InvalidOperationException("The write returned null instead of a task.");
        }
        catch (Exception writeFailed)
        {
            return Task.FromException(writeFailed);
        }
    }

    private void Begin(WriteTry one, Task task, Action wake)
    {
        one.Begin(task);
        if (task.IsCompleted)
        {
            End(one);
            return;
        }

        one.Deadline = settings.Timeout == Timeout.InfiniteTimeSpan ? null : _scheduler.Now.AddOrMax(settings.Timeout);
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(wake);
    }

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

        var now = _scheduler.Now;
        if (_tries.Exists(one => one.IsOverdue(now)))
        {
            GiveUp(one => one.IsOverdue(now)
                ? new TimeoutException(
                    $"The write did not complete within {settings.Timeout}{(_scheduler.IsVirtual() ? " of virtual time" : "")} " +
                    $"(rule K4); it may be written or not.{(_scheduler.IsVirtual() ? " What it awaits must run on the scheduler." : "")}")
                : new OperationCanceledException("The write was stopped because another had timed out; it may be written or not."));
        }
    }

    private void End(WriteTry one)
    {
        var error = one.TakeResult();
        if (error is null)
        {
            _confirmed[one.Index] = true;
        }
        else if (!_giveUp && !_stop.IsCancellationRequested && one.Tries <= settings.MaxRetries && ShouldRetry(error))
        {
            _jitter ??= settings.Backoff.NewRandom(_scheduler);
            one.RetryLater(_scheduler.Now, () => new Backoff(settings.Backoff, _jitter), error);
        }
        else
        {
            Fail(one, error);
        }
    }

    // Nothing new is begun after a failure. What is in flight may end, so that its outcome is known.
    private void Fail(WriteTry one, Exception error)
    {
        _failed[one.Index] = one.FailWith(error);
        FailRetries();
    }

    private void FailRetries()
    {
        _giveUp = true;
        foreach (var other in _tries)
        {
            if (other.RetryAt is not null)
            {
                _failed[other.Index] = other.FailWith(other.LastError!);
            }
        }
    }

    private void GiveUp(Func<WriteTry, Exception> reason)
    {
        _giveUp = true;
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // A client's callback threw while it was told to stop; the reason for stopping is what counts.
        }

        foreach (var one in _tries)
        {
            if (!_confirmed[one.Index])
            {
                _failed.TryAdd(
                    one.Index, one.FailWith(one.LastError is not null && one.RetryAt is not null ? one.LastError : reason(one)));
            }
        }
    }

    private bool ShouldRetry(Exception error)
    {
        try
        {
            return settings.ShouldRetry(error);
        }
        catch (Exception)
        {
            // The write's own failure is worth more than the predicate's.
            return false;
        }
    }

    private DateTimeOffset? NextDue()
    {
        DateTimeOffset? next = null;
        foreach (var one in _tries)
        {
            var due = one.RetryAt ?? one.Deadline;
            next = next is null || due < next ? due : next;
        }

        return next;
    }

    private SinkWriteException Failure() => new(
        Items(_confirmed.Select(static (done, index) => (done, index)).Where(static one => one.done).Select(static one => one.index)),
        [.. _failed.SelectMany(failed => Items([failed.Key]).Select(index => failed.Value with { Index = index }))],
        Items(Enumerable.Range(_next, count - _next)));

    private int[] Items(IEnumerable<int> writes) =>
        [.. writes.SelectMany(index => Enumerable.Range(index * itemsPerWrite, itemsPerWrite))];
}
