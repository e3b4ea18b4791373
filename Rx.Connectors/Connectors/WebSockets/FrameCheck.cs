namespace Rx.Connectors.WebSockets;

/// <summary>
/// Follows the frames in what comes from a server, and finds what the client would wait for: frames that can have no end, and control
/// frames whose beginning says already that they are not allowed.
/// </summary>
internal sealed class FrameCheck
{
    private const int MostControlBytes = 125;
    private readonly byte[] _header = new byte[10];
    private int _count;
    private ulong _left;
    private bool _closed;

    /// <summary>What the protocol does not allow; null so far.</summary>
    public string? Violation { get; private set; }

    private int Length => _header[1] & 0x7F;

    private bool IsControl => (_header[0] & 0x08) != 0;

    private int HeaderLength => _count < 2 ? 2 : Length switch
    {
        126 => 4,
        127 => 10,
        _ => 2,
    };

    /// <summary>Looks at what has come.</summary>
    /// <returns>How much of it is before the first frame that violates the protocol.</returns>
    public int Follow(ReadOnlySpan<byte> bytes)
    {
        var begin = 0;
        for (var at = 0; at < bytes.Length && !_closed;)
        {
            if (_left > 0)
            {
                var passed = (int)Math.Min(_left, (ulong)(bytes.Length - at));
                _left -= (ulong)passed;
                at += passed;
                continue;
            }

            begin = _count == 0 ? at : begin;
            _header[_count++] = bytes[at++];
            Violation = FindViolation();
            if (Violation is not null)
            {
                return begin;
            }

            if (_count == HeaderLength)
            {
                EndHeader();
            }
        }

        return bytes.Length;
    }

    private string? FindViolation()
    {
        if (_count == 2)
        {
            return (_header[1] & 0x80) != 0 ? "it sent a masked frame"
                : IsControl && Length > MostControlBytes ? $"it sent a control frame of more than {MostControlBytes} bytes"
                : IsControl && (_header[0] & 0x80) == 0 ? "it sent a control frame in parts"
                : null;
        }

        // No message can have as many: they would have to be waited for, and perhaps kept, for ever.
        return _count == 10 && LongLength() > (ulong)Array.MaxLength ? $"it announced a frame of {LongLength()} bytes" : null;
    }

    private void EndHeader()
    {
        _left = Length switch
        {
            126 => (ulong)((_header[2] << 8) | _header[3]),
            127 => LongLength(),
            _ => (ulong)Length,
        };

        // After a close there are no more frames.
        _closed = (_header[0] & 0x0F) == 8;
        _count = 0;
    }

    private ulong LongLength() => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2));
}
