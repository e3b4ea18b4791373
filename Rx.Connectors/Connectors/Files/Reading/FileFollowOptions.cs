namespace Rx.Connectors.Files;

/// <summary>
/// How a file that grows is followed. A last line without its newline is held back until the newline comes. The source is never
/// complete. Immutable.
/// </summary>
public sealed record FileFollowOptions
{
    /// <summary>The default of <see cref="PollInterval"/>: 250 ms.</summary>
    public static readonly TimeSpan DefaultPollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest <see cref="PollInterval"/>: 1 day.</summary>
    public static readonly TimeSpan LongestPollInterval = TimeSpan.FromDays(1);

    /// <summary>How long to wait at the end of the file before looking again, on the flow's clock.</summary>
    /// <value>More than zero, at most <see cref="LongestPollInterval"/>. Default: <see cref="DefaultPollInterval"/>.</value>
    public TimeSpan PollInterval { get; init; } = DefaultPollInterval;

    /// <summary>What to do when the file was cut to less than was read of it, cut and written anew, or overwritten in place.</summary>
    /// <value>Default: <see cref="FileMismatchBehavior.Fail"/>. With <see cref="FileMismatchBehavior.StartOver"/> a line that was held back is handed out as
    /// it is, and the file is read from its beginning.</value>
    public FileMismatchBehavior OnCut { get; init; } = FileMismatchBehavior.Fail;

    /// <summary>
    /// What to do when the path leads to another file, after the old one has been read to its end and has been quiet for one
    /// <see cref="PollInterval"/>. A new file that is empty does not count yet. Files that had the path in between, and were rotated away
    /// before anybody looked, are read first, on Linux; one that was packed already is a <see cref="FileChangedException"/> that names it.
    /// </summary>
    /// <value>Default: <see cref="FileMismatchBehavior.StartOver"/>. A line that was held back is handed out as it is, and the new file is read
    /// from its beginning.</value>
    public FileMismatchBehavior OnRotated { get; init; } = FileMismatchBehavior.StartOver;
}
