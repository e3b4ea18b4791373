using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;

namespace Rx.Connectors.Sources;

/// <summary>The one partition of a <see cref="SimplePollingSource{T, TPosition}"/>.</summary>
internal sealed class PollingPartition<T, TPosition>(
    Func<Polled<T>> nextItem, Func<ResumeState<TPosition>> snapshot, Func<IScheduler, PollSchedule> open)
    : StatefulSourcePartition<T, TPosition>
{
    private PollSchedule? _schedule;
    private ExceptionDispatchInfo? _error;
    private bool _ended;
    private volatile bool _disposed;

    public override DateTimeOffset? NextAwake => _ended || _error is not null ? null : _schedule?.Next;

    public override void Start(IScheduler scheduler) => _schedule = open(scheduler);

    public override IReadOnlyList<T>? NextBatch()
    {
        TypeName.ThrowIfDisposed(_disposed, GetType());
        _error?.Throw();
        if (_ended)
        {
            return null;
        }

        if (_schedule is null)
        {
            Start(DefaultScheduler.Instance);
        }

        return _schedule!.IsDue ? Poll(_schedule) : [];
    }

    public override ResumeState<TPosition> Snapshot()
    {
        TypeName.ThrowIfDisposed(_disposed, GetType());
        return snapshot();
    }

    protected override void Dispose(bool disposing) => _disposed = true;

    // The clock is read after the call: one that took long must not be followed by another at once.
    private T[]? Poll(PollSchedule schedule)
    {
        try
        {
            var polled = nextItem();
            _ended = polled.IsEnd;
            if (polled.RetryDelay is { } delay)
            {
                schedule.Retry(delay);
            }
            else
            {
                schedule.Polled();
            }

            return polled.HasItem ? [polled.Item] : _ended ? null : [];
        }
        catch (Exception failed)
        {
            _error = ExceptionDispatchInfo.Capture(failed);
            throw;
        }
    }
}
