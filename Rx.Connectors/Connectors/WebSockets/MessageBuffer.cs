namespace Rx.Connectors.WebSockets;

/// <summary>
/// Gathers a message from its frames. It grows as the message does, never past the limit and one byte, which tells a message
/// that is too large; the length that a frame announces is never trusted.
/// </summary>
internal sealed class MessageBuffer(int limit)
{
    private const int FirstLength = 4 * 1024;
    private byte[] _bytes = [];
    private int _count;

    /// <summary>Whether a message was begun and not yet taken.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Room for more, at least one byte.</summary>
    public Memory<byte> Room()
    {
        if (_count == _bytes.Length)
        {
            var length = Math.Min(Math.Max(FirstLength, 2L * _bytes.Length), limit + 1L);
            Array.Resize(ref _bytes, (int)length);
        }

        return _bytes.AsMemory(_count);
    }

    /// <summary>Counts what was put into the room; false if the message is too large.</summary>
    public bool Add(int count)
    {
        HasBegun = true;
        _count += count;
        return _count <= limit;
    }

    /// <summary>Hands the message out and begins the next.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> message;
        if (_count > _bytes.Length / 2)
        {
            // Well filled: given away as it is, so that one large message does not keep a large buffer for ever.
            message = _bytes.AsMemory(0, _count);
            _bytes = [];
        }
        else
        {
            message = _bytes.AsSpan(0, _count).ToArray();
        }

        Clear();
        return message;
    }

    /// <summary>Forgets the message that was begun.</summary>
    public void Clear()
    {
        HasBegun = false;
        _count = 0;
    }
}
