using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Bridging;

/// <summary>One write that has begun and not ended for good.</summary>
internal sealed class WriteTry(int index)
{
    private Task? _task;
    private Backoff? _backoff;

    public int Index => index;

    public int Tries { get; private set; }

    public DateTimeOffset? Deadline { get; set; }

    public DateTimeOffset? RetryAt { get; private set; }

    public Exception? LastError { get; private set; }

    public bool HasEnded => _task is { IsCompleted: true };

    public void Begin(Task task)
    {
        _task = task;
        Tries++;
        RetryAt = null;
        Deadline = null;
    }

    /// <summary>The failure of the try that has ended, or null.</summary>
    public Exception? TakeResult()
    {
        var task = _task!;
        _task = null;
        Deadline = null;
        return task.IsCompletedSuccessfully ? null : task.Exception?.InnerException ?? new TaskCanceledException(task);
    }

    public void RetryLater(DateTimeOffset now, Func<Backoff> newBackoff, Exception error)
    {
        _backoff ??= newBackoff();
        RetryAt = now + _backoff.Next();
        LastError = error;
    }

    public FailedWrite FailWith(Exception error) => new(index, error, Tries);

    public bool IsOverdue(DateTimeOffset now) => _task is not null && now >= Deadline;
}
