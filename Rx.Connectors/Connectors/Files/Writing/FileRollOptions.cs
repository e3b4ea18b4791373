namespace Rx.Connectors.Files;

/// <summary>
/// When a sink begins a new file. The files of <c>out.log</c> are <c>out-00000001.log</c>, <c>out-00000002.log</c> and so on, whose names
/// sort in the order in which they were written. A batch is never divided between two. Immutable.
/// </summary>
public sealed class FileRollOptions
{
    internal static readonly TimeSpan LongestInterval = TimeSpan.FromDays(366);

    /// <summary>The size at which a file is full: the next batch goes to a new one.</summary>
    /// <value>In bytes, at least 1. Default, null: any size.</value>
    public long? MaxBytes { get; init; }

    /// <summary>How long a file is written to, from when it was opened, on the flow's clock: the next batch after that goes to a new
    /// one. A file that is resumed is opened anew.</summary>
    /// <value>More than zero, at most 366 days. Default, null: for any time.</value>
    public TimeSpan? Interval { get; init; }

    internal void Check(string path)
    {
        var check = new OptionCheck(nameof(FileRollOptions), path);
        check.Refuse(MaxBytes < 1, nameof(MaxBytes), MaxBytes, "at least 1");
        check.RefuseInterval(nameof(Interval), Interval, LongestInterval);
    }
}
