using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Recovery;

/// <summary>Checked <see cref="RecoveryOptions"/>.</summary>
internal sealed record RecoverySettings(
    IRecoveryStore Store, bool TakeOver, bool AllowSourcesWithoutPositions, int MaxCommitRetryAttempts, BackoffSettings CommitBackoff, PositionJson Json,
    Action<ResumeReport>? OnResume)
{
    private const string Path = "options.Recovery";

    public static RecoverySettings? Check(RecoveryOptions? options)
    {
        if (options is null)
        {
            return null;
        }

        if (options.Store is null)
        {
            throw new ArgumentNullException($"{Path}.{nameof(options.Store)}", "RecoveryOptions.Store must be a store.");
        }

        if (options.MaxCommitRetryAttempts < 0)
        {
            throw new ArgumentOutOfRangeException(
                $"{Path}.{nameof(options.MaxCommitRetryAttempts)}", options.MaxCommitRetryAttempts,
                "RecoveryOptions.MaxCommitRetryAttempts must be zero or more.");
        }

        return new RecoverySettings(
            options.Store, options.TakeOver, options.AllowSourcesWithoutPositions, options.MaxCommitRetryAttempts,
            BackoffSettings.Check(options.CommitBackoff, $"{Path}.{nameof(options.CommitBackoff)}"),
            new PositionJson(options.Serializer), options.OnResume);
    }
}
