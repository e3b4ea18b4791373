namespace Rx.Connectors.Sqlite;

/// <summary>Checked <see cref="SqliteRecoveryOptions"/>.</summary>
internal sealed record SqliteRecoverySettings(
    TimeSpan BusyTimeout, TimeSpan BackupInterval, long? ResumeEpoch, bool FullIntegrityCheck)
{
    public static SqliteRecoverySettings Check(SqliteRecoveryOptions? options)
    {
        options ??= new SqliteRecoveryOptions();
        if (options.BusyTimeout < TimeSpan.Zero || options.BusyTimeout > SqliteRecoveryOptions.LongestBusyTimeout)
        {
            throw Refused(
                nameof(options.BusyTimeout), options.BusyTimeout,
                $"from zero to {SqliteRecoveryOptions.LongestBusyTimeout}");
        }

        if (options.BackupInterval < TimeSpan.Zero)
        {
            throw Refused(nameof(options.BackupInterval), options.BackupInterval, "zero or more");
        }

        if (options.ResumeEpoch < 1)
        {
            throw Refused(nameof(options.ResumeEpoch), options.ResumeEpoch, "1 or more, or null for the newest epoch");
        }

        return new SqliteRecoverySettings(
            options.BusyTimeout, options.BackupInterval, options.ResumeEpoch, options.FullIntegrityCheck);
    }

    private static ArgumentOutOfRangeException Refused(string option, object? value, string allowed) =>
        new($"options.{option}", value, $"{nameof(SqliteRecoveryOptions)}.{option} must be {allowed}.");
}
