namespace Rx.Connectors.Files;

/// <summary>How files are read. Immutable; read once, by the constructor that it is given to. May be shared.</summary>
public sealed record FileSourceOptions
{
    /// <summary>The default of <see cref="MaxBatchSize"/>: 1,000 lines.</summary>
    public const int DefaultMaxBatchSize = 1_000;

    /// <summary>The default of <see cref="MaxLineLength"/>: 16 MiB.</summary>
    public const int DefaultMaxLineLength = 16 * 1024 * 1024;

    /// <summary>The most that <see cref="MaxLineLength"/> may be: 512 MiB.</summary>
    public const int LargestMaxLineLength = 512 * 1024 * 1024;

    /// <summary>The default of <see cref="FileSystemId"/>.</summary>
    public const string DefaultFileSystemId = "local";

    /// <summary>The most lines in a batch. A batch also ends after about 1 MiB of lines.</summary>
    /// <value>At least 1. Default: <see cref="DefaultMaxBatchSize"/>.</value>
    public int MaxBatchSize { get; init; } = DefaultMaxBatchSize;

    /// <summary>The most bytes a line may have, its ending not counted. A longer one is an error that names file and offset.</summary>
    /// <value>From 1 to <see cref="LargestMaxLineLength"/>. Default: <see cref="DefaultMaxLineLength"/>.</value>
    public int MaxLineLength { get; init; } = DefaultMaxLineLength;

    /// <summary>Where the files are: the first part of partition keys, under which positions are stored.</summary>
    /// <value>Not empty, without <c>::</c>. Default: <see cref="DefaultFileSystemId"/>. Give each of several machines that read files of
    /// the same path its own. The trap: what changes between runs, as a container's name, loses the positions.</value>
    public string FileSystemId { get; init; } = DefaultFileSystemId;

    /// <summary>What to do when a stored position does not fit the file that is there: it is shorter, or not the same.</summary>
    /// <value>Default: <see cref="FileMismatchBehavior.Fail"/>. With <see cref="FileMismatchBehavior.StartOver"/> what had not been read of the old file is
    /// not read any more.</value>
    public FileMismatchBehavior OnOtherFile { get; init; } = FileMismatchBehavior.Fail;

    /// <summary>Whether and how to go on at the end of the file, waiting for more.</summary>
    /// <value>Default, null: the source is complete at the end of the file.</value>
    public FileFollowOptions? Follow { get; init; }
}
