using System.Text.RegularExpressions;

namespace Rx.Connectors.Files;

/// <summary>What the names of rotated files have in common.</summary>
internal static partial class RotatedName
{
    private static readonly string[] _packed = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".Z"];

    // A copy that was packed has the time of the file that it was made of.
    public static bool IsPacked(string name) => _packed.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>A name without its digits.</summary>
    public static string Shape(string name) => string.Concat(Unpacked(name).Where(static letter => !char.IsAsciiDigit(letter)));

    /// <summary>Whether a name is another one with a number or a date, at its end or before its extension.</summary>
    public static bool IsRotated(string candidate, string name)
    {
        candidate = Unpacked(candidate);
        var (stem, extension) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        return IsNumber(candidate, name, "") || IsNumber(candidate, stem, extension);
    }

    /// <summary>
    /// The name that a file had before it was rotated away, where its name says so beyond doubt: a number, a date or "old" comes after the
    /// extension, or there is a file of the name without it. Before an extension a number may mean anything, and only a date counts.
    /// </summary>
    /// <param name="name">The name of a file.</param>
    /// <param name="isThere">Whether there is a file of a name.</param>
    public static string? Base(string name, Func<string, bool> isThere)
    {
        var match = AtEnd().Match(Unpacked(name));
        if (match.Success)
        {
            var before = match.Groups["before"].Value;
            return match.Groups["extension"].Success || isThere(before) ? before : null;
        }

        match = DateBeforeExtension().Match(Unpacked(name));
        return match.Success && isThere(match.Result("${before}${extension}")) ? match.Result("${before}${extension}") : null;
    }

    private static string Unpacked(string name) => IsPacked(name) ? Path.GetFileNameWithoutExtension(name) : name;

    private static bool IsNumber(string candidate, string before, string after)
    {
        if (candidate.Length <= before.Length + after.Length || !candidate.StartsWith(before, StringComparison.Ordinal)
            || !candidate.EndsWith(after, StringComparison.Ordinal))
        {
            return false;
        }

        var between = candidate[before.Length..^after.Length];
        return between == ".old" || (between.Any(char.IsAsciiDigit) && between[0] is '.' or '-' or '_'
            && between.All(static letter => char.IsAsciiDigit(letter) || letter is '.' or '-' or '_' or 'T'));
    }

    [GeneratedRegex(@"^(?<before>.*?[^.](?<extension>\.[A-Za-z]\w*)?)(?:[.](?:\d+|old)|[.\-_]\d[\d.\-_T]{7,})$", RegexOptions.ExplicitCapture)]
    private static partial Regex AtEnd();

    [GeneratedRegex(@"^(?<before>.+?)[.\-_]\d[\d.\-_T]{7,}(?<extension>\.[A-Za-z]\w*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex DateBeforeExtension();
}
