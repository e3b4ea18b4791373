using System.Globalization;
using System.Text;

namespace Rx.Connectors.Testing;

/// <summary>Writes the elements of a picture. The same item has the same colour everywhere in it.</summary>
internal sealed class SvgText
{
    private const string Style = """
        text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#0f172a}
        .title{font-size:14px;font-weight:600}.lane{font-weight:600;fill:#334155}.time{font-size:11px;fill:#64748b}
        .crashed{font-size:11px;font-weight:600;fill:#dc2626}.item{font-size:11.5px}
        .page{fill:#fff;stroke:#e2e8f0}.band{fill:#f1f5f9}.gap{fill:#fff}
        .guide{stroke:#e2e8f0;stroke-dasharray:3 3}.line{stroke:#94a3b8;stroke-width:1.5;fill:none}
        .poll{fill:#fff;stroke:#475569;stroke-width:1.5}.empty{fill:#fff;stroke:#94a3b8;stroke-dasharray:3 2}
        .write{fill:#f0fdf4;stroke:#15803d;stroke-width:1.5}.begun{fill:#fff;stroke:#15803d;stroke-width:1.5;stroke-dasharray:4 3}
        .snapshot{fill:#fef9c3;stroke:#a16207}.opened{fill:#fff;stroke:#334155}.ack{fill:#dcfce7;stroke:#15803d}
        .commit{fill:#dbeafe;stroke:#1d4ed8;stroke-width:1.5}.committing{fill:#fff;stroke:#1d4ed8;stroke-dasharray:4 3}
        .note{fill:#f8fafc;stroke:#94a3b8}.icon{fill:none;stroke:#334155;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
        .failed{stroke:#dc2626;stroke-width:3.5;stroke-linecap:round}.end{stroke:#334155;stroke-width:3;stroke-linecap:round}
        .crash{stroke:#dc2626;stroke-width:2;stroke-dasharray:6 4}
        .c0{fill:#dbeafe;stroke:#2563eb}.c1{fill:#dcfce7;stroke:#16a34a}.c2{fill:#fef3c7;stroke:#d97706}.c3{fill:#fce7f3;stroke:#db2777}
        .c4{fill:#ede9fe;stroke:#7c3aed}.c5{fill:#cffafe;stroke:#0891b2}.c6{fill:#ffedd5;stroke:#ea580c}.c7{fill:#e2e8f0;stroke:#475569}
        """;

    private const int Colors = 8;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, int> _colors = [];

    /// <summary>The room that a text takes, in whole pixels: 7.25 for each character.</summary>
    public static int WidthOf(string text) => ((text.Length * 29) + 3) / 4;

    /// <summary>The style of an item: the next free colour where it is new.</summary>
    public string ColorOf(string item)
    {
        if (!_colors.TryGetValue(item, out var color))
        {
            color = _colors.Count % Colors;
            _colors.Add(item, color);
        }

        return string.Create(CultureInfo.InvariantCulture, $"c{color}");
    }

    public void Begin(int width, int height, string title)
    {
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">");
        Line($"<title>{Escape(title)}</title>");
        Line($"<style>\n{Style.ReplaceLineEndings("\n")}\n</style>");
        Line($"<rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{width - 1}\" height=\"{height - 1}\" rx=\"12\"/>");
    }

    public string End()
    {
        Line($"</svg>");
        return _text.ToString();
    }

    /// <summary>What follows is one thing, and this is said of it where one points at it.</summary>
    public void BeginGroup(string title) => Line($"<g><title>{Escape(title)}</title>");

    public void EndGroup() => Line($"</g>");

    public void Text(int x, int y, string text, string style) =>
        Line($"<text class=\"{style}\" x=\"{x}\" y=\"{y}\">{Escape(text)}</text>");

    public void Middle(int x, int y, string text, string style) =>
        Line($"<text class=\"{style}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{Escape(text)}</text>");

    public void Box(int x, int y, int width, int height, int radius, string style) =>
        Line($"<rect class=\"{style}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>");

    public void Path(string data, string style) => Line($"<path class=\"{style}\" d=\"{data}\"/>");

    // What XML has no way to say is replaced.
    private static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                < ' ' or 0x7F or 0xFFFE or 0xFFFF => safe.Append('?'),
                _ => safe.Append(rune.ToString()),
            };
        }

        return safe.ToString();
    }

    private void Line(FormattableString line) => _text.Append(FormattableString.Invariant(line)).Append('\n');
}
