using System.Text;

namespace Rx.Connectors.Files;

/// <summary>Makes an item of a line. It has no state.</summary>
internal abstract class LineParser<T>
{
    /// <param name="line">The line, without its ending.</param>
    /// <param name="format">How it is text.</param>
    /// <param name="isAscii">Whether it is ASCII, as is known of it already.</param>
    public abstract T Parse(ReadOnlySpan<byte> line, LineFormat format, bool isAscii);
}

internal sealed class TextLine : LineParser<string>
{
    public static readonly TextLine Instance = new();

    public override string Parse(ReadOnlySpan<byte> line, LineFormat format, bool isAscii) =>
        isAscii ? Encoding.Latin1.GetString(line) : format.Decode(line);
}

/// <summary>A line of which no item could be made.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where the line begins.</param>
/// <param name="Line">Its bytes, without its ending.</param>
/// <param name="Error">Why.</param>
internal sealed record BadLine(string Path, long Offset, byte[] Line, Exception Error);
