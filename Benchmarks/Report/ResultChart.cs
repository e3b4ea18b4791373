using System.Globalization;
using System.Security;
using System.Text;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// The CPU time per item as horizontal bars, a group for each workload with a scale of its own, in SVG that is readable on light
/// and on dark ground.
/// </summary>
internal static class ResultChart
{
    private const int Width = 860;
    private const int Labels = 250;
    private const int Bar = 18;
    private const int Row = 24;
    private const int Heading = 40;
    private const int Values = 90;

    private static readonly string[] _shown =
    [
        "bridge-100", "bridge-100 (pinned)", "bridge-1000", "bridge-1000 (pinned)", "push", "push (pinned)",
        "end-to-end", "end-to-end (pinned)",
        "sink-sync-1", "sink-sync-16", "sink-yield-1", "sink-yield-16", "flow",
    ];

    public static string Draw(IReadOnlyDictionary<string, Dictionary<string, Measured>> results)
    {
        var shown = results.Where(one => _shown.Contains(one.Key)).ToArray();
        var height = shown.Sum(one => Heading + (one.Value.Count * Row)) + 12;
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{height}" viewBox="0 0 {Width} {height}" role="img" aria-label="CPU time per item of each contender, by workload">
            <style>
              text {"{"} font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; {"}"}
              .head {"{"} font-weight: 600; {"}"} .ours {"{"} font-weight: 600; {"}"}
              .bar {"{"} fill: #8c959f; {"}"} .bar-ours {"{"} fill: #0969da; {"}"} .bar-floor {"{"} fill: #d0d7de; {"}"}
              @media (prefers-color-scheme: dark) {"{"}
                text {"{"} fill: #e6edf3; {"}"}
                .bar {"{"} fill: #6e7681; {"}"} .bar-ours {"{"} fill: #58a6ff; {"}"} .bar-floor {"{"} fill: #3d444d; {"}"}
              {"}"}
            </style>

            """);
        var y = 0;
        foreach (var (workload, contenders) in shown)
        {
            y = DrawGroup(svg, y, workload, contenders);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int DrawGroup(StringBuilder svg, int y, string workload, Dictionary<string, Measured> contenders)
    {
        Append(svg, $"""<text class="head" x="8" y="{y + 28}">{workload}, ns of CPU per item</text>{"\n"}""");
        y += Heading;
        var most = contenders.Values.Max(measured => measured[Measured.Cpu]);
        foreach (var (name, measured) in contenders.OrderBy(one => one.Value[Measured.Cpu]))
        {
            var ours = name.StartsWith(Contender.Ours, StringComparison.Ordinal);
            var kind = ours ? "bar-ours" : name.Contains("(floor)", StringComparison.Ordinal) ? "bar-floor" : "bar";
            var text = ours ? "ours" : "peer";
            var width = Math.Max(1, measured[Measured.Cpu] / most * (Width - Labels - Values));
            Append(svg, $"""
                <text class="{text}" x="{Labels - 8}" y="{y + 14}" text-anchor="end">{SecurityElement.Escape(name)}</text>
                <rect class="{kind}" x="{Labels}" y="{y}" width="{width:0.#}" height="{Bar}" rx="2"/>
                <text class="{text}" x="{Labels + width + 6:0.#}" y="{y + 14}">{measured[Measured.Cpu]:N1}</text>

                """);
            y += Row;
        }

        return y;
    }

    private static void Append(StringBuilder svg, FormattableString part) => svg.Append(part.ToString(CultureInfo.InvariantCulture));
}
