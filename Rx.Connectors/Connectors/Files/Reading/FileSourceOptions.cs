using System.Text;

namespace Rx.Connectors.Files;

/// <summary>How files are read. Immutable; checked once, by the constructor that it is given to. May be shared.</summary>
public sealed class FileSourceOptions
{
    internal const int DefaultMaxBatchSize = 1_000;
    internal const int DefaultMaxLineLength = 16 * 1024 * 1024;
    internal const int LargestMaxLineLength = 512 * 1024 * 1024;
    internal const string DefaultFileSystemId = "local";
    internal const int BufferSize = 128 * 1024;

    /// <summary>The most lines in a batch. A batch also ends after about 1 MiB of lines.</summary>
    /// <value>At least 1. Default: 1,000.</value>
    public int MaxBatchSize { get; init; } = DefaultMaxBatchSize;

    /// <summary>The most bytes a line may have, its ending not counted. <see cref="OnLongLine"/> says what happens to a longer one.</summary>
    /// <value>From 1 byte to 512 MiB. Default: 16 MiB.</value>
    public int MaxLineLength { get; init; } = DefaultMaxLineLength;

    /// <summary>What happens to a line that is longer than <see cref="MaxLineLength"/>.</summary>
    /// <value>Default: <see cref="LongLineBehavior.Fail"/>. Lines that are cut or skipped are counted by the metric
    /// <c>rx_connectors.files.long_lines</c> of the meter <c>Rx.Connectors.Files</c>.</value>
    public LongLineBehavior OnLongLine { get; init; } = LongLineBehavior.Fail;

    /// <summary>How many lines at the beginning of each file are passed over.</summary>
    /// <value>At least 0. Default: 0. A run that resumes behind them passes over nothing.</value>
    public int SkipLines { get; init; }

    /// <summary>How the bytes are text.</summary>
    /// <value>UTF-8, UTF-16, or an encoding in which a byte of <c>0x0A</c> is always a newline, as all are that have one byte for a
    /// character. What is not valid is left to it: <see cref="System.Text.Encoding.UTF8"/> puts <c>U+FFFD</c> in its place. Default, null:
    /// UTF-8, or UTF-16 if the file begins with its byte order mark; a line that is not valid is an <see cref="InvalidDataException"/>
    /// that names file and offset.</value>
    public Encoding? Encoding { get; init; }

    /// <summary>Where the files are: the first part of partition keys, under which positions are stored.</summary>
    /// <value>Not empty, without <c>::</c>. Default: <c>local</c>. Give each of several machines that read files of
    /// the same path its own. The trap: what changes between runs, as a container's name, loses the positions.</value>
    public string FileSystemId { get; init; } = DefaultFileSystemId;

    /// <summary>What to do when a stored position does not fit the file that is there: it is shorter, or not the same. A file that was
    /// only renamed by a rotation is found under its new name, and is read to its end first.</summary>
    /// <value>Default: <see cref="FileMismatchBehavior.Fail"/>. With <see cref="FileMismatchBehavior.StartOver"/> what had not been read of the old file is
    /// not read any more.</value>
    public FileMismatchBehavior OnOtherFile { get; init; } = FileMismatchBehavior.Fail;

    /// <summary>Whether and how to go on at the end of the file, waiting for more.</summary>
    /// <value>Default, null: the source is complete at the end of the file.</value>
    public FileFollowOptions? Follow { get; init; }

    /// <summary>Hears of a line of which no item can be made, and says whether it is passed over. Without it the source fails.</summary>
    internal Func<BadLine, bool>? OnBadLine { get; init; }

    /// <param name="path">Where the user gave them, for the name of a refused parameter.</param>
    internal FileSourceOptions Check(string path)
    {
        FileKeys.CheckFileSystemId(FileSystemId, nameof(FileSourceOptions), path);
        var check = new OptionCheck(nameof(FileSourceOptions), path);
        check.Refuse(MaxBatchSize < 1, nameof(MaxBatchSize), MaxBatchSize, "at least 1");
        check.Refuse(
            MaxLineLength is < 1 or > LargestMaxLineLength, nameof(MaxLineLength), MaxLineLength, $"from 1 to {LargestMaxLineLength} bytes");
        check.Refuse(SkipLines < 0, nameof(SkipLines), SkipLines, "at least 0");
        check.Refuse(
            Encoding is not null && !LineFormat.IsFit(Encoding), nameof(Encoding), Encoding,
            "UTF-8, UTF-16, or an encoding in which a byte of 0x0A is always a newline");
        check.RefuseUndefined(nameof(OnLongLine), OnLongLine);
        check.RefuseUndefined(nameof(OnOtherFile), OnOtherFile);
        Follow?.Check($"{path}.{nameof(Follow)}");
        return this;
    }
}
