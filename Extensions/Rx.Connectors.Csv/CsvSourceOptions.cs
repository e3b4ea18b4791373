namespace Rx.Connectors.Csv;

/// <summary>How a CSV file is read. Read once, when the source is made.</summary>
public sealed class CsvSourceOptions
{
    /// <summary>The default of <see cref="MaxBatchSize"/>: 1,000 rows.</summary>
    public const int DefaultMaxBatchSize = 1_000;

    /// <summary>The default of <see cref="Delimiter"/>: a comma.</summary>
    public const char DefaultDelimiter = ',';

    /// <summary>The default of <see cref="MaxRowSize"/>: 1 MiB.</summary>
    public const int DefaultMaxRowSize = 1 << 20;

    /// <summary>The default of <see cref="FileSystemId"/>.</summary>
    public const string DefaultFileSystemId = "local";

    /// <summary>The most rows in a batch.</summary>
    /// <value>At least 1. Default: <see cref="DefaultMaxBatchSize"/>.</value>
    public int MaxBatchSize { get; init; } = DefaultMaxBatchSize;

    /// <summary>What stands between two fields.</summary>
    /// <value>An ASCII character, not a quote and not a line break. Default: <see cref="DefaultDelimiter"/>.</value>
    public char Delimiter { get; init; } = DefaultDelimiter;

    /// <summary>Whether a row may have fewer fields than the header. Those that are missing are not in the row.</summary>
    /// <value>Default: off, such a row is an error. One with more fields always is.</value>
    public bool AllowMissingFields { get; init; }

    /// <summary>
    /// The largest row that more is read for, in bytes. Without a limit, a quote that is never closed would read the whole file into
    /// memory.
    /// </summary>
    /// <value>At least 1. Default: <see cref="DefaultMaxRowSize"/>. A larger row that is in the buffer already is taken.</value>
    public int MaxRowSize { get; init; } = DefaultMaxRowSize;

    /// <summary>Names the file system, where workers on several machines see different ones.</summary>
    /// <value>Not empty, without <c>::</c>, and the same in every run. Default: <see cref="DefaultFileSystemId"/>.</value>
    public string FileSystemId { get; init; } = DefaultFileSystemId;
}
