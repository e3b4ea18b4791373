using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary><c>measure</c>: one run of <c>compare</c>, in a process that <see cref="RunProcess"/> has started for it.</summary>
internal static class MeasureCommand
{
    public const string Name = "measure";

    public static int Run(string[] args)
    {
        if (args is not [var where, .. var names] || !Enum.TryParse<Placement>(where, out var placement))
        {
            Console.Error.WriteLine($"{Name} is what compare starts for each of its runs; use compare.");
            return 2;
        }

        if (placement == Placement.Pinned && Environment.ProcessorCount != 1)
        {
            Console.Error.WriteLine($"The run was to be pinned to one core and has {Environment.ProcessorCount}.");
            return 1;
        }

        // Only the result goes to the standard output, whatever a contender may print.
        var output = Console.Out;
        Console.SetOut(Console.Error);
        var others = new Others();
        var rounds = new Rounds([.. Workloads.All.Where(workload => names.Contains(workload.Name))]).Run();
        var result = new RunResult(
            Environment.ProcessorCount, others.Cores(), rounds.ToDictionary(one => one.Key.Name, one => one.Value));
        output.Write(JsonSerializer.Serialize(result, ResultJson.Options));
        return 0;
    }
}
