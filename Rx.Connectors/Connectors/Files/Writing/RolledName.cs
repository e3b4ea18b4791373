using System.Globalization;

namespace Rx.Connectors.Files;

/// <summary>The names of the files that are written one after the other in the place of one, and positions in them.</summary>
internal sealed class RolledName(string path)
{
    private const char NumberMark = '#';
    private const int Digits = 8;

    private readonly string _stem = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path) + "-");
    private readonly string _extension = Path.GetExtension(path);

    public string this[int number] => _stem + number.ToString($"D{Digits}", CultureInfo.InvariantCulture) + _extension;

    public static FilePosition With(FilePosition position, int number) =>
        position with { Fingerprint = string.Create(CultureInfo.InvariantCulture, $"{position.Fingerprint}{NumberMark}{number}") };

    /// <exception cref="FileChangedException">It is no position in such a file.</exception>
    public (FilePosition Position, int Number) Split(FilePosition position)
    {
        var parts = position.Fingerprint?.Split(NumberMark);
        return parts is [var fingerprint, var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (position with { Fingerprint = fingerprint.Length > 0 ? fingerprint : null }, number)
            : throw new FileChangedException(
                path, position.Offset,
                $"The stored position {position.Offset} of {path} is of a sink that wrote a single file. Write to another path, or without " +
                $"{nameof(FileSinkOptions)}.{nameof(FileSinkOptions.Roll)}.");
    }

    /// <summary>The files that are there behind one.</summary>
    public IReadOnlyList<string> After(int number)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (begin, all) = (Path.GetFileName(_stem), Directory.Exists(directory) ? Directory.GetFiles(directory) : []);
        return
        [
            .. all.Where(file => Path.GetFileName(file) is var name && name.Length == begin.Length + Digits + _extension.Length
                && name.StartsWith(begin, StringComparison.Ordinal) && name.EndsWith(_extension, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(begin.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var other)
                && other > number),
        ];
    }
}
