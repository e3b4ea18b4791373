namespace Rx.Connectors.Sqlite;

/// <summary>How a <see cref="SqliteRecoveryStore"/> keeps positions. The options are immutable, and are checked when the store is made.</summary>
public sealed class SqliteRecoveryOptions
{
    private static readonly TimeSpan _longestBusyTimeout = TimeSpan.FromDays(1);

    /// <summary>
    /// How long an opening or a commit waits while another flow, or another process, writes to the same file. After it, it fails
    /// with a <see cref="Recovery.RecoveryStoreException"/>, has changed nothing, and can be tried again. Measured by SQLite in
    /// real time.
    /// </summary>
    /// <value>From zero, which does not wait, to 1 day; to the millisecond. Default:
    /// 5 s, far longer than a commit takes.</value>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For how long an epoch stays restorable with <see cref="ResumeEpoch"/>, by the time on the flow's clock at which epochs
    /// were closed. What is older is removed bit by bit by later commits.
    /// </summary>
    /// <value>Zero or more. Default: zero, so that only the newest epoch is kept.</value>
    public TimeSpan BackupInterval { get; init; }

    /// <summary>
    /// Begins the next execution from this epoch instead of the newest. Later epochs are deleted when the execution opens, for
    /// good. Opening fails where the epoch is not kept any more. Who names an epoch also accepts that later ones are lost: what the
    /// record beside the file says is then not asked for.
    /// </summary>
    /// <value>
    /// 1 or more, or null for the newest. Default: null. It acts on every opening: set it for one run and take it out again, or
    /// each restart goes back anew.
    /// </value>
    public long? ResumeEpoch { get; init; }

    /// <summary>
    /// Whether opening also compares every index with its table (SQLite's <c>integrity_check</c>) instead of only looking
    /// through the structure of every page (<c>quick_check</c>). It finds keys that were changed by damage, and takes some four
    /// times as long: about 0.3 s for 100,000 states.
    /// </summary>
    /// <value>Default: true.</value>
    public bool FullIntegrityCheck { get; init; } = true;

    internal static SqliteRecoveryOptions Check(SqliteRecoveryOptions? options)
    {
        options ??= new SqliteRecoveryOptions();
        Refuse(
            options.BusyTimeout < TimeSpan.Zero || options.BusyTimeout > _longestBusyTimeout, nameof(BusyTimeout), options.BusyTimeout,
            $"from zero to {_longestBusyTimeout}");
        Refuse(options.BackupInterval < TimeSpan.Zero, nameof(BackupInterval), options.BackupInterval, "zero or more");
        Refuse(options.ResumeEpoch < 1, nameof(ResumeEpoch), options.ResumeEpoch, "1 or more, or null for the newest epoch");
        return options;
    }

    private static void Refuse(bool wrong, string option, object? value, string allowed)
    {
        if (wrong)
        {
            throw new ArgumentOutOfRangeException($"options.{option}", value, $"{nameof(SqliteRecoveryOptions)}.{option} must be {allowed}.");
        }
    }
}
