namespace Rx.Connectors.Files;

/// <summary>How a directory is written. Immutable; read once, by the constructor that it is given to. May be shared.</summary>
public sealed class DirSinkOptions
{
    /// <summary>How each file is written.</summary>
    /// <value>Default, null: as <see cref="FileSinkOptions"/> says.</value>
    public FileSinkOptions? Files { get; init; }

    /// <summary>Names a file by its number, from 0. The names must be the same in every run.</summary>
    /// <value>Default, null: <c>part_0</c>, <c>part_1</c> and so on. The function is called by the constructor only.</value>
    public Func<int, string>? Naming { get; init; }

    /// <summary>
    /// Chooses an item's file by its key: this number, modulo the number of files, counts into the file names sorted by their UTF-8
    /// bytes, in which <c>part_10</c> comes before <c>part_2</c>.
    /// </summary>
    /// <value>Must depend on the key alone. Default, null: <see cref="Sinks.KeyHash.Adler32"/>.</value>
    public Func<string, uint>? Assignment { get; init; }
}
