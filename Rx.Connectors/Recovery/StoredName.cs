using System.Globalization;
using System.Text;

namespace Rx.Connectors.Recovery;

/// <summary>
/// The names under which positions are stored, of flows, steps and partitions. A store keeps them as text, so they must come back
/// from UTF-8 as they were, and hold no zero, at which some databases stop reading.
/// </summary>
internal static class StoredName
{
    private const int LongestShown = 200;

    /// <summary>What is wrong with a name; null if nothing is. An empty one and a long one are right.</summary>
    public static string? FindFault(string name) =>
        name.Contains('\0', StringComparison.Ordinal)
            ? $"'{Show(name)}' holds a zero character, which stores cannot keep; leave it out"
        : !IsUnicode(name)
            ? $"'{Show(name)}' holds half a surrogate pair, which is no valid Unicode and which stores cannot keep; encode it, as in " +
                "hexadecimal digits or Base64"
        : null;

    /// <summary>Whether every surrogate is one of a pair.</summary>
    public static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <exception cref="ArgumentException">Something is wrong with the name.</exception>
    public static void Check(string name, string what, string parameter)
    {
        if (FindFault(name) is { } fault)
        {
            throw new ArgumentException($"The {what} {fault}.", parameter);
        }
    }

    /// <summary>As it can be printed: what is wrong with it is not always to be seen.</summary>
    public static string Show(string name)
    {
        var shown = new StringBuilder();
        foreach (var one in name.Length <= LongestShown ? name : name[..LongestShown] + "…")
        {
            _ = char.IsControl(one) || char.IsSurrogate(one)
                ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}")
                : shown.Append(one);
        }

        return shown.ToString();
    }
}
