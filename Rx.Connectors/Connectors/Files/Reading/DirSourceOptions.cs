namespace Rx.Connectors.Files;

/// <summary>How a directory is read. Immutable; read once, by the constructor that it is given to. May be shared.</summary>
public sealed record DirSourceOptions
{
    /// <summary>The longest <see cref="WatchInterval"/>: 1 day.</summary>
    public static readonly TimeSpan LongestWatchInterval = TimeSpan.FromDays(1);

    /// <summary>How each file is read.</summary>
    /// <value>Default, null: as <see cref="FileSourceOptions"/> says.</value>
    public FileSourceOptions? Files { get; init; }

    /// <summary>How often to look for files that have come or gone, on the flow's clock.</summary>
    /// <value>More than zero, at most <see cref="LongestWatchInterval"/>. Default, null: never; the files at the start are all.</value>
    public TimeSpan? WatchInterval { get; init; }
}
