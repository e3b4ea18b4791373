using System.Text;
using CsvHelper;
using Microsoft.Win32.SafeHandles;
using Rx.Connectors.Files;

namespace Rx.Connectors.Csv;

/// <summary>Reads rows of fields from an offset on, and knows the offset after each.</summary>
internal sealed class RowReader : IDisposable
{
    // Replacing what is not UTF-8 would hide that the file is in another encoding.
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _path;
    private readonly CsvSourceOptions _options;
    private readonly MarkedStream _stream;
    private readonly LatinStream _text;
    private readonly CsvReader _reader;
    private readonly long _from;

    // How many bytes the delimiters took that the parser saw as one byte each; and what it had seen up to the last row.
    private long _hidden;
    private long _taken;
    private long _rows;

    private RowReader(string path, CsvSourceOptions options, SafeFileHandle file, FileMark mark, bool isResumed)
    {
        (_path, _options) = (path, options);
        _from = isResumed ? mark.Offset : 0;
        _stream = new MarkedStream(file, path, mark);
        _text = new LatinStream(_stream, options.Encoding);
        _reader = CsvReader.Create(
            options.IsDelimiterReplaced
                ? new CsvSeparatorStream(_text, options.Delimiter, CsvSeparatorStream.DefaultReplacement, leaveOpen: false) : _text,
            options.Reading, leaveOpen: false);
    }

    /// <summary>The offset of the byte after the last row, which is that of its line break.</summary>
    public long Offset => _stream.Offset;

    /// <summary>The same with the fingerprint of what was read before it.</summary>
    public FilePosition Position => _stream.Mark;

    /// <summary>Reads the file, which stays the caller's, from its beginning.</summary>
    public static RowReader AtBeginning(string path, CsvSourceOptions options, SafeFileHandle file)
    {
        Span<byte> begin = stackalloc byte[2];
        return FileMark.ReadFully(file, begin, 0) == 2 && (begin is [0xFE, 0xFF] or [0xFF, 0xFE]) && options.Encoding is null
            ? throw new CsvFileException(path, 0, "the file is in UTF-16 or UTF-32, and not in UTF-8.")
            : new RowReader(path, options, file, FileMark.Read(file, FirstLines.End(file, options.SkipLines)), isResumed: false);
    }

    /// <summary>Reads the file, which stays the caller's, from where a row has ended.</summary>
    public static RowReader BehindRow(string path, CsvSourceOptions options, SafeFileHandle file, FileMark mark)
    {
        Span<byte> next = stackalloc byte[1];
        if (FileMark.ReadFully(file, next, mark.Offset) == 1 && next is not ([(byte)'\r'] or [(byte)'\n']))
        {
            throw new FileChangedException(
                path, mark.Offset,
                $"No row of {path} ends at the stored position {mark.Offset}: the row before it was the last, without a line break, "
                + "and has gone on since, or the position is of another file.");
        }

        // At the line break: as an empty line it is passed over.
        return new RowReader(path, options, file, mark, isResumed: true);
    }

    /// <summary>The next row that is not blank; null at the end of the file.</summary>
    /// <exception cref="CsvFileException">There is something that is no row.</exception>
    /// <exception cref="FileChangedException">The file was cut or overwritten while it was read.</exception>
    public string[]? Read()
    {
        _rows++;
        try
        {
            if (_reader.Read())
            {
                return Fields();
            }

            // The parser may have met the end long before its last row was asked for.
            _stream.CheckUnchanged();
            return null;
        }
        catch (CsvFormatException malformed)
        {
            throw Failed(Explain(malformed), malformed);
        }
        catch (DecoderFallbackException notText)
        {
            throw Failed("it has bytes that are not UTF-8", notText);
        }
    }

    /// <summary>Moves <see cref="Offset"/> past the row that was read.</summary>
    public void Accept()
    {
        if (_options.IsDelimiterReplaced)
        {
            _hidden += (_reader.FieldCount - 1) * (long)(Size(_options.Delimiter) - 1);
        }

        var seen = _reader.ByteOffset + _reader.RawRecord.Length + _hidden;
        _stream.Offset += _text.BytesOf(seen - _taken);
        _taken = seen;
    }

    public CsvFileException Failed(string problem, Exception? inner = null) =>
        new(_path, _rows, Offset, _from, problem, inner);

    public void Dispose() => _reader.Dispose();

    private static int Size(string delimiter) => Encoding.UTF8.GetByteCount(delimiter);

    // In the words of this source's options: the parser's are not the user's.
    private string Explain(CsvFormatException malformed) =>
        malformed.Message.Contains(nameof(CsvReaderOptions.MaxRecordSize), StringComparison.Ordinal)
            ? $"the row is larger than {nameof(CsvSourceOptions)}.{nameof(CsvSourceOptions.MaxRowSize)}, which is " +
              $"{_options.MaxRowSize} bytes"
            : malformed.Message;

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
