using System.Collections;
using System.Globalization;
using System.Text;

namespace Rx.Connectors.Testing;

/// <summary>Writes what is recorded as text that is the same on every machine.</summary>
internal static class RecordedText
{
    /// <summary>An item or a position as text.</summary>
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => text,
        Exception error => OfError(error),
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"({string.Join(' ', list.Cast<object?>().Select(Of))})",
        _ => Invariant(value),
    };

    /// <summary>What something failed with, in a line.</summary>
    public static string OfError(Exception error) =>
        $"{TypeNames.Of(error)}: {error.Message.ReplaceLineEndings("\n")}";

    /// <summary>A text such that several in a row can be told apart: quoted where it must be.</summary>
    public static string Quote(string text) => text.Length > 0 && text.All(IsPlain) ? text : Escape(text);

    // The text that the compiler makes for a record asks the thread for its culture.
    private static string Invariant(object value)
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return value.ToString() ?? "";
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static bool IsPlain(char one) => one is not (' ' or '"' or '\\' or '[' or ']') && !IsHidden(one);

    // Halves of a surrogate pair too: one that stands alone is lost where the text is written as UTF-8.
    private static bool IsHidden(char one) =>
        char.IsControl(one) || char.IsSurrogate(one) || (char.IsWhiteSpace(one) && one != ' ') || one == '\uFEFF';

    private static string Escape(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var one in text)
        {
            _ = one switch
            {
                '\n' => quoted.Append(@"\n"),
                '\r' => quoted.Append(@"\r"),
                '\t' => quoted.Append(@"\t"),
                '"' or '\\' => quoted.Append('\\').Append(one),
                _ when IsHidden(one) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:X4}"),
                _ => quoted.Append(one),
            };
        }

        return quoted.Append('"').ToString();
    }
}
