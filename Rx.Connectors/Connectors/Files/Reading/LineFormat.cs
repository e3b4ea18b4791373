using System.Runtime.InteropServices;
using System.Text;

namespace Rx.Connectors.Files;

/// <summary>How the bytes of a file are text: its encoding, and what a newline is in it.</summary>
internal sealed class LineFormat
{
    private const int CodePageOfUtf16 = 1200;
    private const int CodePageOfUtf16BigEndian = 1201;
    private const int CodePageOfUtf8 = 65001;

    // In these a byte of 0x0A is not always a newline, or what a byte means depends on those before it.
    private static readonly int[] _unfit = [12000, 12001, 65000, 50220, 50221, 50222, 50225, 50227, 50229, 52936];

    private static readonly byte[] _ascii = [.. Enumerable.Range(0, 128).Select(static code => (byte)code)];
    private static readonly LineFormat _utf8 = new(new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true));
    private static readonly LineFormat _utf16 = new(new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true));
    private static readonly LineFormat _utf16BigEndian =
        new(new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true));

    private readonly Encoding _encoding;
    private readonly byte[] _newline;
    private readonly byte[] _return;
    private readonly ushort _newlineUnit;

    private LineFormat(Encoding encoding)
    {
        _encoding = encoding;
        _newline = encoding.GetBytes("\n");
        _return = encoding.GetBytes("\r");
        _newlineUnit = _newline.Length == 2 ? MemoryMarshal.Read<ushort>(_newline) : default;
        IsAsciiKept = encoding.GetBytes(Encoding.ASCII.GetString(_ascii)).AsSpan().SequenceEqual(_ascii);
        Preamble = encoding.CodePage switch
        {
            CodePageOfUtf8 => [0xEF, 0xBB, 0xBF],
            CodePageOfUtf16 => [0xFF, 0xFE],
            CodePageOfUtf16BigEndian => [0xFE, 0xFF],
            _ => encoding.GetPreamble(),
        };
    }

    /// <summary>How many bytes a unit has, at whose multiples a newline may stand.</summary>
    public int Unit => _newline.Length;

    /// <summary>Whether ASCII is what it is in this encoding, too.</summary>
    public bool IsAsciiKept { get; }

    public bool IsUtf8 => _encoding.CodePage == CodePageOfUtf8;

    public byte[] Preamble { get; }

    public static bool IsFit(Encoding encoding) =>
        !_unfit.Contains(encoding.CodePage)
        && (encoding.GetBytes("\n") is [(byte)'\n'] || encoding.CodePage is CodePageOfUtf16 or CodePageOfUtf16BigEndian);

    public static LineFormat Of(Encoding encoding) => new(encoding);

    /// <summary>Tells the format by the beginning of a file; null if more of it is needed.</summary>
    /// <exception cref="InvalidDataException">It is text of a kind that is not read unless somebody says what it is.</exception>
    public static LineFormat? Detect(ReadOnlySpan<byte> begin, bool isAll, string path)
    {
        var isUndecided = begin.Length < 4 && begin is [] or [0 or 0xFE or 0xFF] or [0xFF, 0xFE, ..] or [0, 0, ..];
        if (isUndecided && !isAll)
        {
            return null;
        }

        return begin switch
        {
            [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => throw Refused(path, "is in UTF-32, which is not read"),
            [0xFF, 0xFE, ..] => _utf16,
            [0xFE, 0xFF, ..] => _utf16BigEndian,
            [0, not 0, ..] or [not 0, 0, ..] => throw Refused(
                path, $"looks like UTF-16 without a byte order mark; if it is, set {nameof(FileSourceOptions)}.{nameof(FileSourceOptions.Encoding)}"),
            _ => _utf8,
        };
    }

    /// <summary>Where the next newline is, in bytes that begin at a unit; -1 if nowhere.</summary>
    public int IndexOfNewline(ReadOnlySpan<byte> bytes)
    {
        if (_newline.Length == 1)
        {
            return bytes.IndexOf((byte)'\n');
        }

        var unit = MemoryMarshal.Cast<byte, ushort>(bytes).IndexOf(_newlineUnit);
        return unit < 0 ? -1 : 2 * unit;
    }

    public bool EndsWithReturn(ReadOnlySpan<byte> line) => line.EndsWith(_return);

    public bool EndsWithNewline(ReadOnlySpan<byte> bytes) => bytes.EndsWith(_newline);

    public bool IsReturn(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual(_return);

    /// <summary>How long the line ending is that bytes begin with.</summary>
    public int EndingAt(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(_newline) ? Unit
        : bytes.StartsWith(_return) && bytes[Unit..].StartsWith(_newline) ? 2 * Unit : 0;

    /// <summary>How many bytes of NUL characters bytes begin with.</summary>
    public int NulsAt(ReadOnlySpan<byte> bytes)
    {
        var count = bytes.IndexOfAnyExcept((byte)0);
        count = count < 0 ? bytes.Length : count;
        return count - (count % Unit);
    }

    /// <summary>Takes off what is no whole character at the end of a line that was cut.</summary>
    public ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> line, int most)
    {
        var length = most - (most % Unit);
        if (IsUtf8)
        {
            while (length > 0 && (line[length] & 0xC0) == 0x80)
            {
                length--;
            }
        }
        else if (Unit == 2 && length >= 2 && char.IsHighSurrogate(_encoding.CodePage == CodePageOfUtf16
            ? (char)(line[length - 2] | (line[length - 1] << 8)) : (char)(line[length - 1] | (line[length - 2] << 8))))
        {
            length -= 2;
        }

        return line[..length];
    }

    public string Decode(ReadOnlySpan<byte> line) => _encoding.GetString(line);

    private static InvalidDataException Refused(string path, string why) => new($"{path} {why}.");
}
