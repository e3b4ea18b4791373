using System.Globalization;
using System.Text;

namespace Rx.Connectors.Benchmarks;

/// <summary>The results as tables in Markdown: the marks, then each workload.</summary>
internal static class ResultTables
{
    public static string Write(SavedRuns runs)
    {
        var text = new StringBuilder();
        text.Append("![CPU time per item of each contender, by workload](images/performance.svg)\n\n");
        Append(text, $"Medians of {runs.Runs} {(runs.Runs == 1 ? "run" : "runs")}.\n");
        if (runs.Marks.Count > 0)
        {
            Append(text, $"\n| workload | mark | measured | met in |\n| --- | --- | ---: | --- |\n");
            foreach (var mark in runs.Marks)
            {
                Append(text, $"| `{mark.Workload}` | {mark.Mark} | {mark.Value:0.###} | {mark.Met} of {mark.Runs} runs |\n");
            }
        }

        foreach (var (workload, contenders) in runs.Results)
        {
            Append(text, $"\n| `{workload}` | CPU ns/item | ns/item | bytes/item | |\n| --- | ---: | ---: | ---: | --- |\n");
            foreach (var (name, measured) in contenders.OrderBy(one => one.Value[Measured.Cpu]))
            {
                var shown = name.StartsWith(Contender.Ours, StringComparison.Ordinal) ? $"**{name}**" : name;
                Append(text, $"| {shown} | {measured[Measured.Cpu]:N1} | {measured[Measured.Wall]:N1} | {measured[Measured.Bytes]:N1} | {More(measured)} |\n");
            }
        }

        return text.ToString();
    }

    private static string More(Measured measured) => string.Join(", ", measured
        .Where(one => one.Key is not (Measured.Cpu or Measured.Wall or Measured.Bytes))
        .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:0.##}")));

    private static void Append(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line));
}
