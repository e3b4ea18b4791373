using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Checked <see cref="RestartOptions"/>.</summary>
internal sealed record RestartSettings(Func<Exception, bool> ShouldRetry, int MaxRetryAttempts, BackoffSettings Backoff)
{
    public static RestartSettings? Check(RestartOptions? restart)
    {
        if (restart is null)
        {
            return null;
        }

        if (restart.MaxRetryAttempts < 1)
        {
            throw new ArgumentOutOfRangeException(
                $"{nameof(restart)}.{nameof(restart.MaxRetryAttempts)}", restart.MaxRetryAttempts,
                "RestartOptions.MaxRetryAttempts must be 1 or more.");
        }

        return new RestartSettings(
            restart.ShouldRetry ?? (static error => error is not IBreaksRule { MayPass: false }), restart.MaxRetryAttempts,
            BackoffSettings.Check(restart.Backoff, $"{nameof(restart)}.{nameof(restart.Backoff)}"));
    }

    public Backoff NewBackoff(IScheduler scheduler) => new(Backoff, Backoff.NewRandom(scheduler));
}
