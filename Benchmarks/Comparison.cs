using System.Globalization;
using System.Text.Json;

namespace Rx.Connectors.Benchmarks;

/// <summary>One way to do a workload: does it once and returns a checksum, so that all are seen to have done the same.</summary>
internal sealed record Contender(string Name, Func<long> Run);

/// <summary>What contenders are compared at.</summary>
internal sealed record Workload(string Name, int Items, long Checksum, IReadOnlyList<Contender> Contenders);

/// <summary>
/// Runs every contender in turn, round after round, and gives the medians: on a machine that others use, too, only what was
/// measured side by side can be compared.
/// </summary>
internal static class Comparison
{
    private const int Rounds = 5;

    public static int Run(string[] args)
    {
        if (args.Length == 0 || args[0] != "compare" || args.Skip(1).Any(arg => arg != "--json"))
        {
            Console.Error.WriteLine("Usage: dotnet run -c Release --project Benchmarks -- compare|recovery [--json]");
            return 2;
        }

        var results = new Dictionary<string, Dictionary<string, Measured>>();
        foreach (var workload in BridgeWorkload.All.Concat(FilesWorkload.All))
        {
            results[workload.Name] = Measure(workload);
        }

        if (args.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(results, JsonSerializerOptions.Web));
            return 0;
        }

        foreach (var (workload, contenders) in results)
        {
            Console.WriteLine(workload);
            foreach (var (name, measured) in contenders.OrderBy(one => one.Value.ns_per_item))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {name,-28} {measured.ns_per_item,8:F1} ns CPU/item {measured.bytes_per_item,8:F1} B/item"));
            }
        }

        return 0;
    }

    private static Dictionary<string, Measured> Measure(Workload workload)
    {
        var rounds = workload.Contenders.ToDictionary(one => one.Name, _ => new List<Measured>());
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var contender in workload.Contenders)
            {
                var measured = Once(workload, contender);
                // The first round compiles and is not counted.
                if (round >= 0)
                {
                    rounds[contender.Name].Add(measured);
                }
            }
        }

        return rounds.ToDictionary(
            one => one.Key,
            one => new Measured(Median(one.Value.Select(run => run.ns_per_item)), Median(one.Value.Select(run => run.bytes_per_item))));
    }

    private static Measured Once(Workload workload, Contender contender)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var checksum = contender.Run();
        var used = Environment.CpuUsage.TotalTime - cpu;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        return checksum == workload.Checksum
            ? new Measured(used.TotalNanoseconds / workload.Items, (double)allocated / workload.Items)
            : throw new InvalidOperationException($"{contender.Name} came to {checksum} instead of {workload.Checksum}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return Math.Round(sorted[sorted.Length / 2], 2);
    }

    // The names are those of the JSON, which scripts read.
#pragma warning disable IDE1006, SA1300
    internal sealed record Measured(double ns_per_item, double bytes_per_item);
#pragma warning restore IDE1006, SA1300
}
