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
        Append(text, $"Medians of {runs.Runs} {(runs.Runs == 1 ? "run" : "runs")}.{Busy(runs.Machine)}\n");
        if (runs.Marks.Count > 0)
        {
            Append(text, $"\n| workload | mark | measured | quartiles | met in |\n| --- | --- | ---: | --- | --- |\n");
            foreach (var mark in runs.Marks)
            {
                Append(text, $"| `{mark.Workload}` | {mark.Mark} | {mark.Value:0.###} | {Spread(mark)} | {Verdict(mark)} |\n");
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

    private static string Busy(IReadOnlyList<Measured> machine) => machine.Count == 0 ? "" :
        $" Load before: {Range(machine, MachineReport.Load)}; others used {Range(machine, MachineReport.Others)} of a core.";

    private static string Range(IReadOnlyList<Measured> machine, string figure)
    {
        double[] known = [.. machine.Where(one => one.ContainsKey(figure)).Select(one => one[figure])];
        return known.Length == 0 ? "not known" : FormattableString.Invariant($"{known.Min():0.##} to {known.Max():0.##}");
    }

    // Marks that were saved before there was a spread have zeros there.
    private static string Spread(JudgedRuns mark) =>
        mark is { Low: 0, High: 0 } ? "" : FormattableString.Invariant($"{mark.Low:0.###} to {mark.High:0.###}");

    private static string Verdict(JudgedRuns mark) => mark.Judged == 0 ? "not judged" : $"{mark.Met} of {mark.Judged} runs";

    private static string More(Measured measured) => string.Join(", ", measured
        .Where(one => one.Key is not (Measured.Cpu or Measured.Wall or Measured.Bytes))
        .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:0.##}")));

    private static void Append(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line));
}
