using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>Waits for one batch after another.</summary>
internal sealed class Poller<T> : IDisposable
{
    // A partition that can tell neither by time nor by signal; Bytewax's rule, and the flow's.
    private static readonly TimeSpan _blindPace = TimeSpan.FromMilliseconds(1);

    private readonly object _gate = new();
    private readonly SourcePartition<T> _partition;
    private readonly IScheduler _scheduler;
    private readonly TimeSpan _timeout;
    private readonly IDisposable _signals;
    private Exception? _signalError;
    private bool _isSignalled;

    public Poller(SourcePartition<T> partition, IScheduler scheduler, TimeSpan timeout)
    {
        _partition = partition;
        _scheduler = scheduler;
        _timeout = timeout;
        _signals = partition.Available?.Subscribe(_ => Signal(null), Signal) ?? Disposable.Empty;
    }

    /// <returns>The next batch that is not empty, a copy; null at the end.</returns>
    public IReadOnlyList<T>? Next(ISchedulerWait? wait)
    {
        var now = _scheduler.Now;
        var end = _timeout < DateTimeOffset.MaxValue - now ? now + _timeout : DateTimeOffset.MaxValue;
        // The first poll needs no reason, unless a time is set: what was signalled before is not known here.
        var awake = _partition.NextAwake ?? now;
        while (true)
        {
            if (!Wait(wait, awake < end ? awake : end) && _scheduler.Now < awake)
            {
                throw new TimeoutException($"No batch within {_timeout}, at {_scheduler.Now:O}.");
            }

            var error = _signalError;
            if (_partition.NextBatch() is not { } batch)
            {
                return null;
            }

            if (batch.Count > 0)
            {
                return [.. batch];
            }

            if (error is not null)
            {
                throw error;
            }

            awake = _partition.NextAwake
                ?? (_partition.Available is null ? _scheduler.Now + _blindPace : DateTimeOffset.MaxValue);
        }
    }

    public void Dispose() => _signals.Dispose();

    private void Signal(Exception? error)
    {
        lock (_gate)
        {
            _signalError ??= error;
            _isSignalled = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <returns>Whether there was a signal.</returns>
    private bool Wait(ISchedulerWait? wait, DateTimeOffset until)
    {
        if (wait is not null)
        {
            wait.RunUntil(() => _isSignalled, until, "the poll");
            return Take();
        }

        lock (_gate)
        {
            while (!_isSignalled && until - _scheduler.Now is var left && left > TimeSpan.Zero)
            {
                // Without a timer: one for an absolute time would outlive an EventLoopScheduler, and then end the process.
                Monitor.Wait(_gate, (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue));
            }
        }

        return Take();
    }

    private bool Take()
    {
        lock (_gate)
        {
            var was = _isSignalled;
            _isSignalled = false;
            return was;
        }
    }
}
