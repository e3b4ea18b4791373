namespace Rx.Connectors.Files;

/// <summary>
/// How a file that grows is followed. A last line without its newline is held back until the newline comes. The source is never
/// complete. A file that is not there yet is waited for. Immutable.
/// </summary>
public sealed class FileFollowOptions
{
    internal static readonly TimeSpan DefaultPollInterval = TimeSpan.FromMilliseconds(250);
    internal static readonly TimeSpan LongestPollInterval = TimeSpan.FromDays(1);

    /// <summary>How long to wait at the end of the file before looking again, on the flow's clock.</summary>
    /// <value>More than zero, at most 1 day. Default: 250 ms.</value>
    public TimeSpan PollInterval { get; init; } = DefaultPollInterval;

    /// <summary>What to do when the file was cut to less than was read of it, cut and written anew, or overwritten in place.</summary>
    /// <value>Default: <see cref="FileMismatchBehavior.Fail"/>. With <see cref="FileMismatchBehavior.StartOver"/> a line that was held back is handed out as
    /// it is, and the file is read from its beginning. A copy that was made before, as a rotation by copying does, is found by its name
    /// and content, and what was not read yet is read there first. What was written between the copy and the cut is nowhere any more.</value>
    public FileMismatchBehavior OnCut { get; init; } = FileMismatchBehavior.Fail;

    /// <summary>
    /// What to do when the path leads to another file, after the old one has been read to its end and has been quiet for one
    /// <see cref="PollInterval"/>. A new file that is empty does not count yet. Files that had the path in between, and were rotated away
    /// before anybody looked, are read first, on Linux; one that was packed already is a <see cref="FileChangedException"/> that names it.
    /// </summary>
    /// <value>Default: <see cref="FileMismatchBehavior.StartOver"/>. A line that was held back is handed out as it is, and the new file is read
    /// from its beginning.</value>
    public FileMismatchBehavior OnRotated { get; init; } = FileMismatchBehavior.StartOver;

    /// <summary>Whether a file for which no position is stored is read from its end on, as it is when the flow starts.</summary>
    /// <value>Default: false, from its beginning. A last line that has no newline yet is read whole once it has. A file that comes
    /// later is read from its beginning. Not for a <see cref="DirSource"/>, which could not tell a file that came between two runs.</value>
    public bool BeginAtEnd { get; init; }

    internal void Check(string path)
    {
        var check = new OptionCheck(nameof(FileFollowOptions), path);
        check.RefuseInterval(nameof(PollInterval), PollInterval, LongestPollInterval);
        check.RefuseUndefined(nameof(OnCut), OnCut);
        check.RefuseUndefined(nameof(OnRotated), OnRotated);
    }
}
