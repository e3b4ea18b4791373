using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Rx.Connectors.Files;

/// <summary>
/// What is known of a file up to an offset: its first and its last bytes. Of these the fingerprint is made, so that a file that was
/// only appended to keeps it, and one that was cut or replaced does not.
/// </summary>
internal sealed class FileMark
{
    public const int Span = 1_024;

    private readonly byte[] _head = new byte[Span];
    private readonly byte[] _tail = new byte[Span];
    private int _headLength;
    private int _tailLength;

    public long Offset { get; private set; }

    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _headLength);

    public ReadOnlySpan<byte> Tail => _tail.AsSpan(0, _tailLength);

    public FilePosition Position => new(Offset, Fingerprint);

    /// <summary>A hash of both; where they are not the same bytes, with one of the first alone, by which a copy is recognised that was
    /// made of the file before all of this was read.</summary>
    private string? Fingerprint => Offset == 0 ? null : Offset <= Span ? Text(HashOfBoth()) : $"{Text(HashOfBoth())}-{Text(Hash(Head))}";

    /// <summary>The mark of what a file holds now; its offset is less than asked for if the file is shorter.</summary>
    public static FileMark Read(SafeFileHandle file, long offset)
    {
        var mark = new FileMark();
        mark._headLength = ReadFully(file, mark._head.AsSpan(0, (int)Math.Min(Span, offset)), 0);
        var tail = (int)Math.Min(Span, offset);
        mark._tailLength = ReadFully(file, mark._tail.AsSpan(0, tail), offset - tail);
        mark.Offset = offset - tail + mark._tailLength;
        return mark;
    }

    public static int ReadFully(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes[read..], offset + read) is > 0 and var count)
        {
            read += count;
        }

        return read;
    }

    /// <summary>Whether a fingerprint is that of what is known.</summary>
    public bool HasFingerprint(string fingerprint) =>
        fingerprint == Fingerprint || (Offset > 0 && fingerprint == Text(HashOfBoth()));

    /// <summary>Whether a file begins as one does of which a fingerprint was taken. False where that cannot be told.</summary>
    public static bool HasHeadOf(SafeFileHandle file, string fingerprint)
    {
        Span<byte> head = stackalloc byte[Span];
        return fingerprint.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash
            && ReadFully(file, head, 0) == Span && fingerprint[(dash + 1)..] == Text(Hash(head));
    }

    /// <summary>Whether a file still holds what is known of it. Of a short one this is all there is.</summary>
    public bool Matches(SafeFileHandle file) =>
        Holds(file, _head.AsSpan(0, _headLength), 0) &&
        (Offset <= Span || Holds(file, _tail.AsSpan(0, _tailLength), Offset - _tailLength));

    public void Clear() => (_headLength, _tailLength, Offset) = (0, 0, 0);

    public FileMark Copy()
    {
        var copy = new FileMark();
        copy.CopyFrom(this);
        return copy;
    }

    public void CopyFrom(FileMark other)
    {
        other._head.AsSpan(0, other._headLength).CopyTo(_head);
        other._tail.AsSpan(0, other._tailLength).CopyTo(_tail);
        (_headLength, _tailLength, Offset) = (other._headLength, other._tailLength, other.Offset);
    }

    /// <summary>Moves on by the bytes that follow.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Offset += bytes.Length;
        if (_headLength < Span)
        {
            var head = bytes[..Math.Min(bytes.Length, Span - _headLength)];
            head.CopyTo(_head.AsSpan(_headLength));
            _headLength += head.Length;
        }

        var added = bytes[Math.Max(0, bytes.Length - Span)..];
        var kept = Math.Min(_tailLength, Span - added.Length);
        _tail.AsSpan(_tailLength - kept, kept).CopyTo(_tail);
        added.CopyTo(_tail.AsSpan(kept));
        _tailLength = kept + added.Length;
    }

    private static bool Holds(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Span<byte> now = stackalloc byte[Span];
        return ReadFully(file, now[..bytes.Length], offset) == bytes.Length && now[..bytes.Length].SequenceEqual(bytes);
    }

    private static string Text(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    // FNV-1a: short, the same on every machine, and nothing here has to withstand an attacker.
    private static ulong Hash(ReadOnlySpan<byte> bytes, ulong hash = 14_695_981_039_346_656_037UL)
    {
        foreach (var octet in bytes)
        {
            hash = (hash ^ octet) * 1_099_511_628_211UL;
        }

        return hash;
    }

    private ulong HashOfBoth() => Hash(Tail, Hash(Head));
}
