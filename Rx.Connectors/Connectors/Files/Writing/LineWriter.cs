using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>Encodes lines into one buffer and writes it when enough has gathered, so that a large batch needs no more memory.</summary>
internal sealed class LineWriter(LineEnding ending)
{
    private const int Enough = 256 * 1024;

    private readonly byte[] _ending = ending == LineEnding.CrLf ? "\r\n"u8.ToArray() : "\n"u8.ToArray();
    private byte[] _buffer = [];
    private int _used;

    /// <summary>How many lines of the batch a write was tried for.</summary>
    public int Tried { get; private set; }

    /// <summary>Writes lines at the mark and moves it on.</summary>
    public void Write(SafeFileHandle file, FileMark mark, IReadOnlyList<string> lines)
    {
        Tried = 0;
        _used = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            Add(lines[i]);
            if (_used >= Enough || i == lines.Count - 1)
            {
                Tried = i + 1;
                RandomAccess.Write(file, _buffer.AsSpan(0, _used), mark.Offset);
                mark.Append(_buffer.AsSpan(0, _used));
                _used = 0;
            }
        }
    }

    private void Add(string line)
    {
        var most = Encoding.UTF8.GetMaxByteCount(line.Length) + _ending.Length;
        if (most > _buffer.Length - _used)
        {
            // Three bytes a character is more than most lines need; a long one is counted.
            most = most > Enough ? Encoding.UTF8.GetByteCount(line) + _ending.Length : most;
            Array.Resize(ref _buffer, Math.Max(_used + most, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        }

        _used += Encoding.UTF8.GetBytes(line, _buffer.AsSpan(_used));
        _ending.CopyTo(_buffer, _used);
        _used += _ending.Length;
    }
}
