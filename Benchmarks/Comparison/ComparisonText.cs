using System.Globalization;

namespace Rx.Connectors.Benchmarks;

/// <summary>The results as text.</summary>
internal static class ComparisonText
{
    public static void Write(TextWriter output, IReadOnlyList<Workload> workloads, IReadOnlyDictionary<Placement, RunResult> runs)
    {
        foreach (var workload in workloads)
        {
            foreach (var (placement, run) in runs.Where(run => run.Value.Rounds.ContainsKey(workload.Name)))
            {
                var rounds = run.Rounds[workload.Name];
                var where = $"{placement.Name()}{(workload.FreeOnly ? " only" : "")}";
                var cores = $"{run.Cores} {(run.Cores == 1 ? "core" : "cores")}";
                output.WriteLine($"{workload.Name}, {where}, {cores}, {rounds.Count} {(rounds.Count == 1 ? "round" : "rounds")}");
                Write(output, Round.MedianOf(rounds));
            }
        }
    }

    private static void Write(TextWriter output, Round medians)
    {
        foreach (var (name, measured) in medians.OrderBy(one => one.Value[Measured.Cpu]))
        {
            var more = measured.Where(one => one.Key is not (Measured.Cpu or Measured.Wall or Measured.Bytes))
                .Select(one => string.Create(CultureInfo.InvariantCulture, $"  {one.Key} {one.Value:0.##}"));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-30}{measured[Measured.Cpu],12:F1} ns CPU/item{measured[Measured.Wall],12:F1} ns/item"
                + $"{measured[Measured.Bytes],9:F1} B/item{string.Concat(more)}"));
        }
    }

    public static void Write(TextWriter output, IReadOnlyCollection<Judged> marks)
    {
        if (marks.Count == 0)
        {
            return;
        }

        var judged = marks.Where(mark => mark.Met is not null).ToArray();
        output.WriteLine($"marks: {judged.Count(mark => mark.Met == true)} of {judged.Length} met, {marks.Count - judged.Length} not judged");
        foreach (var mark in marks)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {mark.Workload,-14} {mark.Run.Name(),-7} {mark.Mark,-62} measured {mark.Value,9:0.###}"
                + $"  quartiles {mark.Low:0.###} to {mark.High:0.###}  {Verdict(mark.Met)}"));
        }
    }

    private static string Verdict(bool? met) => met switch
    {
        true => "met",
        false => "missed",
        null => "not judged",
    };
}
