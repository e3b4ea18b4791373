using System.Text;

namespace Rx.Connectors.Csv;

/// <summary>Makes UTF-8 of text in which each character is one byte, and knows which byte is which.</summary>
/// <param name="bytes">What is read.</param>
/// <param name="encoding">Its encoding; null if it is UTF-8 already.</param>
internal sealed class LatinStream(MarkedStream bytes, Encoding? encoding) : Stream
{
    private readonly byte[][]? _table = encoding is null ? null
        : [.. Enumerable.Range(0, 256).Select(code => Encoding.UTF8.GetBytes(encoding.GetString([(byte)code])))];

    private readonly byte[] _read = new byte[16 * 1024];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static bool IsFit(Encoding encoding) => encoding.IsSingleByte
        && Enumerable.Range(0, 128).All(code => encoding.GetString([(byte)code]) is [var letter] && letter == code);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_table is null)
        {
            return bytes.Read(buffer);
        }

        // A character is at most three bytes.
        var count = bytes.Read(_read.AsSpan(0, Math.Clamp(buffer.Length / 3, 1, _read.Length)));
        var written = 0;
        foreach (var octet in _read.AsSpan(0, count))
        {
            _table[octet].CopyTo(buffer[written..]);
            written += _table[octet].Length;
        }

        return written;
    }

    /// <summary>How many bytes of the file lie behind an offset and make up so many bytes of UTF-8.</summary>
    public long BytesOf(long utf8) => _table is null ? utf8 : bytes.Count(_table, utf8);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
