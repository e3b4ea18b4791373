using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>What becomes of writes that do not succeed at once.</summary>
internal sealed partial class WriteRun<T>
{
    // Whether one has been put off in this batch; then it also hears when the partition is closed.
    private bool _hasRetries;
    private CancellationTokenRegistration _stopped;
    private WriteFailures? _failed;
    private Random? _jitter;

    // The partition was closed: no retry will be begun.
    private bool HasVainRetry() =>
        _hasRetries && _stop.IsCancellationRequested && _tries.AnyWaits;

    private void BeginRetries()
    {
        foreach (var one in _tries)
        {
            // Once another has failed for good, the retries that are due with it are failed already.
            if (!_giveUp && one.RetryAt is { } due && due <= _elapsed.Now)
            {
                Begin(one, BeginAgain(one.Index));
            }
        }

        _tries.RemoveEnded();
    }

    private Task BeginAgain(int index)
    {
        try
        {
            return _writer.Begin(index, _stop.Token);
        }
        catch (Exception writeFailed)
        {
            return Task.FromException(writeFailed);
        }
    }

    private void CheckTime()
    {
        var now = _elapsed.Now;
        foreach (var one in _tries)
        {
            if (one.IsOverdue(now))
            {
                GiveUpOverdue(now);
                return;
            }
        }
    }

    private void GiveUpOverdue(long now) => GiveUp(one => one.IsOverdue(now)
        ? new TimeoutException(
            $"The write did not complete within {_settings.Timeout}{(_scheduler.IsVirtual() ? " of virtual time" : "")} " +
            $"(rule K4); it may be written or not.{(_scheduler.IsVirtual() ? " What it awaits must run on the scheduler." : "")}")
        : new OperationCanceledException("The write was stopped because another had timed out; it may be written or not."));

    private void End(WriteTry one)
    {
        var error = one.TakeResult();
        if (error is null)
        {
            one.IsOver = true;
        }
        else if (!_giveUp && !_stop.IsCancellationRequested && one.Tries <= _settings.MaxRetryAttempts && _settings.Allows(error))
        {
            RetryLater(one, error);
        }
        else
        {
            Fail(one, error);
        }
    }

    private void RetryLater(WriteTry one, Exception error)
    {
        _jitter ??= _settings.Backoff.NewRandom(_scheduler);
        one.RetryLater(_elapsed, new Backoff(_settings.Backoff, _jitter), error);
        if (!_hasRetries)
        {
            _hasRetries = true;
            // Closing ends a write through its token; what waits for a retry has none that looks at it.
            _stopped = _stop.Token.UnsafeRegister(static (state, _) => ((Mailbox)state!).Wake(), _mailbox);
        }
    }

    // Nothing new is begun after a failure. What is in flight may end, so that its outcome is known.
    private void Fail(WriteTry one, Exception error)
    {
        AddFailed(one, error);
        FailRetries();
    }

    private void FailRetries()
    {
        _giveUp = true;
        _tries.ForEachWaiting(other => AddFailed(other, other.LastError!));
    }

    private void GiveUp(Func<WriteTry, Exception> reason)
    {
        _giveUp = true;
        // Not waited for: a callback of the client's that blocks would hold up what has just run out of its time (K4).
        _ = _stop.CancelBeside(_scheduler);
        foreach (var one in _tries)
        {
            if (!one.IsOver)
            {
                one.LeaveTo(_left);
                AddFailed(one, one.LastError is not null && one.RetryAt is not null ? one.LastError : reason(one));
            }
        }
    }

    private void AddFailed(WriteTry one, Exception error) => (_failed ??= new(_writer.ItemsPerWrite)).Add(one, error);
}
