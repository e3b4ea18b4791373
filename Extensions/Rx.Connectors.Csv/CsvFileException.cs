namespace Rx.Connectors.Csv;

/// <summary>A file, or a row of it, that cannot be read as CSV with a header.</summary>
public sealed class CsvFileException : Exception
{
    internal CsvFileException(string path, long row, long offset, long countedFrom, string problem, Exception? inner = null)
        : base($"{path}, row {row}{Counted(countedFrom)}, at byte {offset}: {problem}", inner) =>
        (Path, Row, Offset) = (path, row, offset);

    internal CsvFileException(string path, long offset, string problem)
        : base($"{path}, at byte {offset}: {problem}") =>
        (Path, Offset) = (path, offset);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// The row, from 1 for the header; in a run that was resumed, from 1 for the first row of this run. 0 if it is about the file.
    /// </summary>
    public long Row { get; }

    /// <summary>The offset of the byte after the row before; 0 if it is about the file.</summary>
    public long Offset { get; }

    private static string Counted(long from) => from == 0 ? "" : $" (counted from byte {from}, where this run resumed)";
}
