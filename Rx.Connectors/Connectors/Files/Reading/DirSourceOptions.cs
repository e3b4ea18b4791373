namespace Rx.Connectors.Files;

/// <summary>How a directory is read. Immutable; checked once, by the constructor that it is given to. May be shared.</summary>
public sealed class DirSourceOptions
{
    internal static readonly TimeSpan LongestWatchInterval = TimeSpan.FromDays(1);

    /// <summary>How each file is read.</summary>
    /// <value>Default, null: as <see cref="FileSourceOptions"/> says.</value>
    public FileSourceOptions? Files { get; init; }

    /// <summary>How often to look for files that have come or gone, on the flow's clock.</summary>
    /// <value>More than zero, at most 1 day. Default, null: never; the files at the start are all.</value>
    public TimeSpan? WatchInterval { get; init; }

    internal DirSourceOptions Check(string path)
    {
        var files = (Files ?? new FileSourceOptions()).Check($"{path}.{nameof(Files)}");
        new OptionCheck(nameof(FileFollowOptions), $"{path}.{nameof(Files)}.{nameof(files.Follow)}").Refuse(
            files.Follow is { BeginAtEnd: true }, nameof(FileFollowOptions.BeginAtEnd), true,
            $"false for a {nameof(DirSource)}: a file that came between two runs could not be told from one that was there");
        new OptionCheck(nameof(DirSourceOptions), path).RefuseInterval(nameof(WatchInterval), WatchInterval, LongestWatchInterval);
        return this;
    }
}
