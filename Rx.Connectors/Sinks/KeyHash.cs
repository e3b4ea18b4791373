using System.Text;

namespace Rx.Connectors.Sinks;

/// <summary>How a key chooses a partition.</summary>
internal static class KeyHash
{
    private const uint Modulus = 65521;

    /// <summary>
    /// The Adler-32 checksum of a key's UTF-8 bytes, unsigned: the function Bytewax routes with, so that a key keeps the
    /// partition it had there.
    /// </summary>
    /// <param name="key">The key. Unpaired surrogates are hashed as the replacement character.</param>
    /// <returns>The checksum; 1 for an empty key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public static uint Adler32(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        uint a = 1;
        uint b = 0;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in key.EnumerateRunes())
        {
            foreach (var octet in bytes[..rune.EncodeToUtf8(bytes)])
            {
                a = (a + octet) % Modulus;
                b = (b + a) % Modulus;
            }
        }

        return (b << 16) | a;
    }

    /// <summary>Sorts partition keys the way routing counts into them: by their UTF-8 bytes.</summary>
    internal static string[] Sort(IEnumerable<string> keys)
    {
        var sorted = keys.ToArray();
        Array.Sort(sorted, Compare);
        return sorted;
    }

    /// <summary>Compares keys by their UTF-8 bytes.</summary>
    /// <remarks>Ordinal order compares UTF-16 units and puts U+E000..U+FFFF after the surrogates; UTF-8 bytes follow the code
    /// points.</remarks>
    internal static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
