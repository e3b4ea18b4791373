using System.Text;
using CsvHelper;

namespace Rx.Connectors.Csv;

/// <summary>Reads rows of fields from an offset on, and knows the offset after each.</summary>
internal sealed class RowReader : IDisposable
{
    // Replacing what is not UTF-8 would hide that the file is in another encoding.
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly CsvSettings _settings;
    private readonly CsvReader _reader;
    private readonly long _from;
    private long _rows;

    private RowReader(CsvSettings settings, FileStream file)
    {
        _settings = settings;
        _from = Offset = file.Position;
        _reader = CsvReader.Create(file, settings.Reading, leaveOpen: false);
    }

    /// <summary>The offset of the byte after the last row, which is that of its line break.</summary>
    public long Offset { get; private set; }

    /// <summary>Opens the file at its beginning.</summary>
    public static RowReader OpenAtBeginning(CsvSettings settings)
    {
        var file = Open(settings);
        Span<byte> begin = stackalloc byte[2];
        var isUtf16 = file.ReadAtLeast(begin, 2, throwOnEndOfStream: false) == 2 && (begin is [0xFE, 0xFF] or [0xFF, 0xFE]);
        file.Position = 0;
        return isUtf16 ? throw Refused(file, settings, 0, "the file is in UTF-16 or UTF-32, and not in UTF-8.") : new RowReader(settings, file);
    }

    /// <summary>Opens the file where a row has ended.</summary>
    public static RowReader OpenBehindRow(CsvSettings settings, long offset)
    {
        var file = Open(settings);
        var length = file.Length;
        if (offset > length)
        {
            throw Refused(
                file, settings, offset, $"the file has only {length} bytes. It was cut, or is not the one that was read up to there.");
        }

        file.Position = offset;
        if (offset < length && file.ReadByte() is not ('\r' or '\n'))
        {
            throw Refused(file, settings, offset, "no row ends there. The file was changed, or is not the one that was read up to there.");
        }

        // At the line break: as an empty line it is passed over.
        file.Position = offset;
        return new RowReader(settings, file);
    }

    /// <summary>The next row that is not blank; null at the end of the file.</summary>
    /// <exception cref="CsvFileException">There is something that is no row.</exception>
    public string[]? Read()
    {
        _rows++;
        try
        {
            return _reader.Read() ? Fields() : null;
        }
        catch (CsvFormatException malformed)
        {
            throw Failed(malformed.Message, malformed);
        }
        catch (DecoderFallbackException notText)
        {
            throw Failed("it has bytes that are not UTF-8", notText);
        }
    }

    /// <summary>Moves <see cref="Offset"/> past the row that was read.</summary>
    public void Accept() => Offset = _from + _reader.ByteOffset + _reader.RawRecord.Length;

    public CsvFileException Failed(string problem, Exception? inner = null) =>
        new(_settings.Path, _rows, Offset, _from, problem, inner);

    public void Dispose() => _reader.Dispose();

    private static FileStream Open(CsvSettings settings) =>
        new(settings.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static CsvFileException Refused(FileStream file, CsvSettings settings, long offset, string problem)
    {
        file.Dispose();
        return new CsvFileException(settings.Path, offset, problem);
    }

    private string[] Fields()
    {
        var fields = new string[_reader.FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = _strict.GetString(_reader.GetSpan(i));
        }

        return fields;
    }
}
