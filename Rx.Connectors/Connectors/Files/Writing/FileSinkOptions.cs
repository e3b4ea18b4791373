namespace Rx.Connectors.Files;

/// <summary>What ends a line.</summary>
public enum LineEnding
{
    /// <summary>A newline, <c>\n</c>.</summary>
    Lf = 0,

    /// <summary>A carriage return and a newline, <c>\r\n</c>.</summary>
    CrLf,
}

/// <summary>How files are written. Immutable; read once, by the constructor that it is given to. May be shared.</summary>
public sealed record FileSinkOptions
{
    /// <summary>The default of <see cref="FileSystemId"/>.</summary>
    public const string DefaultFileSystemId = FileSourceOptions.DefaultFileSystemId;

    /// <summary>Where the files are: the first part of partition keys, under which positions are stored.</summary>
    /// <value>Not empty, without <c>::</c>. Default: <see cref="DefaultFileSystemId"/>. The trap: what changes between runs, as a
    /// container's name, loses the positions; and a file without one is not written to, see <see cref="Overwrite"/>.</value>
    public string FileSystemId { get; init; } = DefaultFileSystemId;

    /// <summary>Whether a file that exists, and for which no position is stored, is emptied. An empty file counts as new.</summary>
    /// <value>Default: false, such a file is an error and stays as it is. A stored position always wins: the file is then cut to
    /// it and written on.</value>
    public bool Overwrite { get; init; }

    /// <summary>What is written after each item.</summary>
    /// <value>Default: <see cref="LineEnding.Lf"/>, on every system.</value>
    public LineEnding LineEnding { get; init; } = LineEnding.Lf;
}
