using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary>Saved results of <c>compare --json</c>, and of its marks: the medians over the runs.</summary>
internal sealed class SavedRuns
{
    private SavedRuns(IReadOnlyList<Dictionary<string, Dictionary<string, Measured>>> runs, IReadOnlyList<Judged[]> marks)
    {
        Runs = runs.Count;
        var names = Workloads.All.SelectMany(one => Enum.GetValues<Placement>().Select(placement => placement.Of(one.Name)));
        foreach (var workload in names.Where(name => runs.Any(run => run.ContainsKey(name))))
        {
            Results[workload] = runs.Where(run => run.ContainsKey(workload)).SelectMany(run => run[workload])
                .GroupBy(one => one.Key, one => one.Value)
                .ToDictionary(group => group.Key, group => Measured.MedianOf([.. group]));
        }

        Machine = [.. runs.SelectMany(run => run.GetValueOrDefault(MachineReport.Name)?.Values.AsEnumerable() ?? [])];
        Marks =
        [
            .. from mark in marks.SelectMany(run => run)
               group mark by (mark.Workload, mark.Run, mark.Mark) into one
               select new JudgedRuns(
                   one.Key.Run.Of(one.Key.Workload), one.Key.Mark,
                   Median(one, mark => mark.Value), Median(one, mark => mark.Low), Median(one, mark => mark.High), one.Count(mark => mark.Met == true),
                   one.Count(mark => mark.Met is not null)),
        ];
    }

    public int Runs { get; }

    /// <summary>By workload, once for each placement, and contender.</summary>
    public Dictionary<string, Dictionary<string, Measured>> Results { get; } = [];

    /// <summary>How busy the machine was, free and pinned runs together; none of runs that did not say.</summary>
    public IReadOnlyList<Measured> Machine { get; }

    public IReadOnlyList<JudgedRuns> Marks { get; }

    public static SavedRuns Read(IReadOnlyList<string> files) => new(
        [.. files.Select(file => Read<Dictionary<string, Dictionary<string, Measured>>>(file))],
        [.. files.Select(file => Path.ChangeExtension(file, ".marks.json")).Where(File.Exists).Select(Read<Judged[]>)]);

    private static double Median(IEnumerable<Judged> marks, Func<Judged, double> figure) =>
        Math.Round(Measured.Median(marks.Select(figure)), 3);

    private static T Read<T>(string file) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(file), ResultJson.Options) ?? throw new JsonException("it is empty");
}

/// <summary>A mark, in how many of the runs it was met, and in how many it was judged.</summary>
internal sealed record JudgedRuns(string Workload, string Mark, double Value, double Low, double High, int Met, int Judged);
