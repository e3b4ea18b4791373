using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Rx.Connectors.Playground.Infrastructure;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Playground.Simulate;

/// <summary>Flows with everything that can go wrong, from seeds.</summary>
internal static class SimulateExample
{
    // Each is run some dozens of times while it is made smaller.
    private const int MostShown = 3;

    public static int Run(SimulationCase first, int seeds, Screen screen)
    {
        var started = Stopwatch.GetTimestamp();
        var report = seeds == 1 ? Simulation.RunMany([first]) : Simulation.RunMany(seeds, first.Seed);
        var elapsed = Stopwatch.GetElapsedTime(started);
        screen.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Seeds:N0} seeds in {elapsed.TotalSeconds:N1} s: {report.Crashes:N0} crashes, {report.Items:N0} items to arrive, " +
            $"{report.Lost:N0} lost, {report.Duplicated:N0} duplicated where exactly once is promised; " +
            $"{report.Repeated:N0} repeated where at least once is; {report.VirtualTime.TotalSeconds:N1} s of virtual time."));
        foreach (var failed in report.Failed.Take(MostShown))
        {
            Show(failed, screen);
        }

        screen.WriteJson(SimulateReport.Of(report, elapsed), SimulateJson.Default.SimulateReport);
        return report.Failed.Count == 0 ? 0 : 1;
    }

    private static void Show(SimulationResult failed, Screen screen)
    {
        screen.WriteLine($"Seed {failed.Case} is not right: {Tell(failed)}");
        var smaller = Simulation.Run(Simulation.Shrink(failed.Case));
        screen.WriteLine($"The smallest of it: --seed {smaller.Case}: {Tell(smaller)}");
        screen.WriteLine(Simulation.Record(smaller.Case).ToString());
    }

    private static string Tell(SimulationResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Items} items were to arrive, {result.Lost} were lost, {result.Duplicated} duplicated. {string.Join(" ", result.Faults)}");
}

/// <summary>What <c>--json</c> prints. Scripts read it, so the names stay.</summary>
internal sealed record SimulateReport(
    [property: JsonPropertyName("seeds")] int Seeds,
    [property: JsonPropertyName("crashes")] long Crashes,
    [property: JsonPropertyName("items")] long Items,
    [property: JsonPropertyName("lost")] long Lost,
    [property: JsonPropertyName("duplicated")] long Duplicated,
    [property: JsonPropertyName("virtual_s")] double VirtualSeconds,
    [property: JsonPropertyName("elapsed_s")] double ElapsedSeconds,
    [property: JsonPropertyName("failed_seeds")] IReadOnlyList<ulong> FailedSeeds)
{
    public static SimulateReport Of(SimulationReport report, TimeSpan elapsed) => new(
        report.Seeds, report.Crashes, report.Items, report.Lost, report.Duplicated, Math.Round(report.VirtualTime.TotalSeconds, 3),
        Math.Round(elapsed.TotalSeconds, 3), [.. report.Failed.Select(static one => one.Case.Seed)]);
}

[JsonSerializable(typeof(SimulateReport))]
internal sealed partial class SimulateJson : JsonSerializerContext;
