using System.Text;
using CsvHelper;
using Rx.Connectors.Files;

namespace Rx.Connectors.Csv;

/// <summary>How a CSV file is read. Immutable; checked once, when the source is made. May be shared.</summary>
public sealed class CsvSourceOptions
{
    internal const int DefaultMaxBatchSize = 1_000;
    internal const string DefaultDelimiter = ",";
    internal const int DefaultMaxRowSize = 1 << 20;
    internal const int LongestDelimiter = 16;
    internal const char Quote = '"';

    /// <summary>The most rows in a batch.</summary>
    /// <value>At least 1. Default: 1,000.</value>
    public int MaxBatchSize { get; init; } = DefaultMaxBatchSize;

    /// <summary>What stands between two fields.</summary>
    /// <value>From 1 to 16 bytes, without a quote, a line break, <see cref="Escape"/> and <see cref="Comment"/>. Default: a comma.</value>
    public string Delimiter { get; init; } = DefaultDelimiter;

    /// <summary>A character that makes the one after it part of a field. Quotes are then characters like others.</summary>
    /// <value>An ASCII character, not a line break, not the delimiter. Default, null: fields may be quoted, and there is none.</value>
    public char? Escape { get; init; }

    /// <summary>The character with which a line begins that is passed over, before the header as well as after it.</summary>
    /// <value>An ASCII character, not a quote, not a line break, not the delimiter. Default, null: no line is a comment.</value>
    public char? Comment { get; init; }

    /// <summary>How many lines at the beginning of the file are passed over, before the header.</summary>
    /// <value>At least 0. Default: 0.</value>
    public int SkipLines { get; init; }

    /// <summary>Whether the first row has the names of the columns.</summary>
    /// <value>Default: true. If not, the names are <c>1</c>, <c>2</c> and so on, as many as the first row has fields.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>Whether a name that comes twice is numbered: the second <c>name</c> is <c>name_2</c>, the third <c>name_3</c>.</summary>
    /// <value>Default: off, such a header is an error.</value>
    public bool NumberDuplicateNames { get; init; }

    /// <summary>Whether a row may have fewer fields than the header. Those that are missing are not in the row.</summary>
    /// <value>Default: off, such a row is an error. So is one with more, unless those are empty.</value>
    public bool AllowMissingFields { get; init; }

    /// <summary>
    /// The largest row that more is read for, in bytes. Without a limit, a quote that is never closed would read the whole file into
    /// memory.
    /// </summary>
    /// <value>At least 1. Default: 1 MiB. A larger row that is in the buffer already is taken.</value>
    public int MaxRowSize { get; init; } = DefaultMaxRowSize;

    /// <summary>How the bytes are text, where they are not UTF-8.</summary>
    /// <value>An encoding that has one byte for each character and keeps ASCII, as Latin-1. Default, null: UTF-8; what is not valid is an
    /// error.</value>
    public Encoding? Encoding { get; init; }

    /// <summary>What to do when a stored position does not fit the file that is there: it is shorter, or not the same.</summary>
    /// <value>Default: <see cref="FileMismatchBehavior.Fail"/>. With <see cref="FileMismatchBehavior.StartOver"/> what had not been read of
    /// the old file is not read any more.</value>
    public FileMismatchBehavior OnOtherFile { get; init; } = FileMismatchBehavior.Fail;

    /// <summary>Names the file system, where workers on several machines see different ones.</summary>
    /// <value>Not empty, without <c>::</c>, and the same in every run. Default: <c>local</c>.</value>
    public string FileSystemId { get; init; } = FileSourceOptions.DefaultFileSystemId;

    internal bool IsDelimiterReplaced => Delimiter.Length > 1 || !char.IsAscii(Delimiter[0]);

    internal CsvReaderOptions Reading => new()
    {
        // The header is read as a row: the position after it must be known, and a resumed run begins behind it.
        HasHeader = false,
        Separator = IsDelimiterReplaced ? null : Delimiter[0],
        Mode = Escape is null ? CsvMode.Rfc4180 : CsvMode.Escape,
        Quote = Quote,
        Escape = Escape ?? '\\',
        CommentPrefix = Comment,
        MaxRecordSize = MaxRowSize,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    internal CsvSourceOptions Check(string path)
    {
        FileKeys.CheckFileSystemId(FileSystemId, nameof(CsvSourceOptions), path);
        var check = new OptionCheck(nameof(CsvSourceOptions), path);
        check.Refuse(MaxBatchSize < 1, nameof(MaxBatchSize), MaxBatchSize, "at least 1");
        check.Refuse(MaxRowSize < 1, nameof(MaxRowSize), MaxRowSize, "at least 1");
        check.Refuse(SkipLines < 0, nameof(SkipLines), SkipLines, "at least 0");
        ArgumentNullException.ThrowIfNull(Delimiter, $"{path}.{nameof(Delimiter)}");
        check.Refuse(
            Encoding.UTF8.GetByteCount(Delimiter) is < 1 or > LongestDelimiter || !Delimiter.All(IsPlain)
                || Delimiter.Contains(CsvSeparatorStream.DefaultReplacement, StringComparison.Ordinal),
            nameof(Delimiter), Delimiter, $"from 1 to {LongestDelimiter} bytes without a quote and a line break");
        check.Refuse(!IsApart(Escape), nameof(Escape), Escape, "an ASCII character, neither a line break nor of the delimiter");
        check.Refuse(
            !IsApart(Comment) || Comment is Quote || (Comment is not null && Comment == Escape), nameof(Comment), Comment,
            "an ASCII character, neither a quote nor a line break nor of the delimiter");
        check.Refuse(
            Encoding is not null && !LatinStream.IsFit(Encoding), nameof(Encoding), Encoding,
            "one that has one byte for each character and keeps ASCII");
        check.RefuseUndefined(nameof(OnOtherFile), OnOtherFile);
        return this;
    }

    private static bool IsPlain(char letter) => letter is not (Quote or '\r' or '\n' or '\0');

    private bool IsApart(char? letter) =>
        letter is not { } one || (char.IsAscii(one) && one is not ('\r' or '\n' or '\0' or ' ' or '\t')
            && !Delimiter.Contains(one, StringComparison.Ordinal));
}
