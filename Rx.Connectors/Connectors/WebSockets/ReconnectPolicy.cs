using Rx.Connectors.Scheduling;

namespace Rx.Connectors.WebSockets;

/// <summary>Decides after a failure. Not thread-safe.</summary>
internal sealed class ReconnectPolicy(WebSocketReconnectOptions? options, TimeProvider time)
{
    private readonly Backoff? _backoff = options is null ? null : new Backoff(options.Backoff);

    /// <summary>A message came through: the next failure is the first in a row.</summary>
    public void Succeeded() => _backoff?.Reset();

    /// <summary>Waits before the next attempt, or throws because there is to be none.</summary>
    public Task WaitAsync(WebSocketConnectionException failure, CancellationToken cancellationToken)
    {
        if (options is null || _backoff is null || !options.IsWorthARetry(failure))
        {
            throw failure;
        }

        if (_backoff.Failures >= options.MaxRetryAttempts)
        {
            // A sender that is called again begins to count again.
            _backoff.Reset();
            throw failure.AfterAttempts(options.MaxRetryAttempts.Value);
        }

        return Task.Delay(_backoff.Next(), time, cancellationToken);
    }
}
