using Rx.Connectors.Scheduling;

namespace Rx.Connectors.WebSockets;

/// <summary>Decides after a failure. Not thread-safe.</summary>
internal sealed class ReconnectPolicy(ReconnectSettings? settings, TimeProvider time)
{
    private readonly Backoff? _backoff = settings is null ? null : new Backoff(settings.Backoff);

    /// <summary>A message came through: the next failure is the first in a row.</summary>
    public void Succeeded() => _backoff?.Reset();

    /// <summary>Waits before the next attempt, or throws because there is to be none.</summary>
    public Task WaitAsync(WebSocketConnectionException failure, CancellationToken cancellationToken)
    {
        if (settings is null || _backoff is null || !settings.ShouldRetry(failure))
        {
            throw failure;
        }

        if (_backoff.Failures >= settings.MaxRetryAttempts)
        {
            // A sender that is called again begins to count again.
            _backoff.Reset();
            throw failure.AfterAttempts(settings.MaxRetryAttempts.Value);
        }

        return Task.Delay(_backoff.Next(), time, cancellationToken);
    }
}
