using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// <c>compare</c>: every contender beside its peers, once free on all cores and once pinned to one, and whether the marks are met.
/// </summary>
internal static class CompareCommand
{
    public static int Run(string[] args)
    {
        if (CompareOptions.Parse(args, Workloads.All, out var error) is not { } options)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        var machine = new MachineReport();
        machine.Warn();
        Dictionary<Placement, RunResult> runs;
        try
        {
            runs = Measure(options.Workloads);
        }
        catch (InvalidOperationException failed)
        {
            Console.Error.WriteLine(failed.Message);
            return 1;
        }

        machine.Finish();
        var marks = Judge(options.Workloads, runs, machine);
        if (options.MarksFile is { } file)
        {
            File.WriteAllText(file, JsonSerializer.Serialize(marks, ResultJson.Options));
        }

        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(Results(runs, machine)));
        }

        var text = options.Json ? Console.Error : Console.Out;
        if (!options.Json)
        {
            ComparisonText.Write(text, options.Workloads, runs);
        }

        machine.Write(text, runs);
        ComparisonText.Write(text, marks);
        return 0;
    }

    private static Dictionary<Placement, RunResult> Measure(IReadOnlyList<Workload> workloads)
    {
        var runs = new Dictionary<Placement, RunResult> { [Placement.Free] = new Rounds(Placement.Free, workloads).Run() };
        var pinned = workloads.Where(workload => !workload.FreeOnly).ToArray();
        if (!ContenderProcess.CanPin)
        {
            Console.Error.WriteLine("Nothing is pinned: this system does not let a process choose its cores.");
        }
        else if (pinned.Length > 0)
        {
            runs[Placement.Pinned] = new Rounds(Placement.Pinned, pinned).Run();
        }

        return runs;
    }

    private static Judged[] Judge(
        IReadOnlyList<Workload> workloads, Dictionary<Placement, RunResult> runs, MachineReport machine) =>
    [
        .. from workload in workloads
           from mark in workload.Marks
           where runs.ContainsKey(mark.Placement)
           let run = runs[mark.Placement]
           select mark.Judge(workload.Name, run.Rounds[workload.Name], machine.Refusal(run) is null),
    ];

    // What is pinned, and the machine, come on top under names of their own: what reads the free figures reads them as ever.
    private static Dictionary<string, Dictionary<string, Measured>> Results(
        Dictionary<Placement, RunResult> runs, MachineReport machine)
    {
        var results = new Dictionary<string, Dictionary<string, Measured>>();
        foreach (var (placement, run) in runs)
        {
            foreach (var (workload, rounds) in run.Rounds)
            {
                results[placement.Of(workload)] = Round.MedianOf(rounds).ToDictionary(one => one.Key, one => one.Value.Rounded());
            }
        }

        results[MachineReport.Name] = runs.ToDictionary(run => run.Key.Name(), run => machine.Figures(run.Value));
        return results;
    }
}
