using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>One write that has begun and not ended for good. Used again for another when it has.</summary>
internal sealed class WriteTry
{
    private static readonly Action _wake = static () => { };
    private Task? _task;
    private Backoff? _backoff;
    private bool _isWatched;

    public int Index { get; private set; }

    public int Tries { get; private set; }

    /// <summary>In <see cref="ElapsedTime"/>, as <see cref="RetryAt"/> is.</summary>
    public long? Deadline { get; set; }

    public long? RetryAt { get; private set; }

    public Exception? LastError { get; private set; }

    /// <summary>Whether it is confirmed or has failed for good.</summary>
    public bool IsOver { get; set; }

    public bool HasEnded => _task is { IsCompleted: true };

    public void Open(int index) => Index = index;

    public void Begin(Task task)
    {
        _task = task;
        _isWatched = false;
        Tries++;
        RetryAt = null;
        Deadline = null;
    }

    /// <summary>
    /// Has the end posted to the current context, a mailbox, which it wakes; there is nothing else to do for it. Where it ends inside of
    /// the mailbox nothing is posted. Without the context it would be the thread pool that is told, each time.
    /// </summary>
    public void Watch()
    {
        if (_task is { } task && !_isWatched)
        {
            _isWatched = true;
            task.ConfigureAwait(true).GetAwaiter().UnsafeOnCompleted(_wake);
        }
    }

    /// <summary>The failure of the try that has ended, or null.</summary>
    public Exception? TakeResult()
    {
        var task = _task!;
        _task = null;
        Deadline = null;
        return task.IsCompletedSuccessfully ? null : task.Exception?.InnerException ?? new TaskCanceledException(task);
    }

    /// <summary>It is given up; if it goes on, that is kept in mind.</summary>
    public void LeaveTo(WritesLeft left)
    {
        if (_task is { IsCompleted: false } running)
        {
            left.Add(running);
        }
    }

    public void RetryLater(ElapsedTime elapsed, Backoff newBackoff, Exception error)
    {
        _backoff ??= newBackoff;
        RetryAt = elapsed.After(_backoff.Next());
        LastError = error;
    }

    public FailedWrite FailWith(Exception error) => new(Index, error, Tries);

    public bool IsOverdue(long now) => _task is not null && now >= Deadline;

    /// <summary>Forgets the write.</summary>
    public void Close()
    {
        (_task, _backoff, LastError, Deadline, RetryAt) = (null, null, null, null, null);
        (Tries, IsOver) = (0, false);
    }
}
