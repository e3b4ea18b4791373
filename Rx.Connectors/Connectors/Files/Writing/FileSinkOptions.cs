using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>What ends a line.</summary>
public enum LineEnding
{
    /// <summary>A newline, <c>\n</c>.</summary>
    Lf = 0,

    /// <summary>A carriage return and a newline, <c>\r\n</c>.</summary>
    CrLf,
}

/// <summary>How files are written. Immutable; checked once, by the constructor that it is given to. May be shared.</summary>
public sealed class FileSinkOptions
{
    /// <summary>Where the files are: the first part of partition keys, under which positions are stored.</summary>
    /// <value>Not empty, without <c>::</c>. Default: <c>local</c>. The trap: what changes between runs, as a
    /// container's name, loses the positions; and a file without one is not written to, see <see cref="Overwrite"/>.</value>
    public string FileSystemId { get; init; } = FileSourceOptions.DefaultFileSystemId;

    /// <summary>Whether a file that exists, and for which no position is stored, is emptied. An empty file counts as new.</summary>
    /// <value>Default: false, such a file is an error and stays as it is. A stored position always wins: the file is then cut to
    /// it and written on.</value>
    public bool Overwrite { get; init; }

    /// <summary>What is written after each item.</summary>
    /// <value>Default: <see cref="LineEnding.Lf"/>, on every system.</value>
    public LineEnding LineEnding { get; init; } = LineEnding.Lf;

    /// <summary>When to begin a new file.</summary>
    /// <value>Default, null: never, all is written to one file. A run that resumes removes the files behind its position: nothing in them was
    /// committed. Positions are those of the files, and so cannot be used where this is set or left out later.</value>
    public FileRollOptions? Roll { get; init; }

    /// <param name="path">Where the user gave them, for the name of a refused parameter.</param>
    internal FileSinkOptions Check(string path)
    {
        FileKeys.CheckFileSystemId(FileSystemId, nameof(FileSinkOptions), path);
        new OptionCheck(nameof(FileSinkOptions), path).RefuseUndefined(nameof(LineEnding), LineEnding);
        Roll?.Check($"{path}.{nameof(Roll)}");
        return this;
    }

    internal StatefulSinkPartition<string, FilePosition> Open(string path, ResumeState<FilePosition> resumeState) => Roll is { } roll
        ? new RollingSinkPartition(path, this, roll, resumeState)
        : new FileSinkPartition(path, this, resumeState);
}
