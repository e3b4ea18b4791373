using Spectre.Console;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>The table at the end: a row for each partition, and one for all of them.</summary>
internal static class Summary
{
    public static Table Table(FlowReport report, Latencies? latencies)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Title(report)) }
            .AddColumn("Partition")
            .AddColumns(ProgressText.Right("Items"), ProgressText.Right("Batches"))
            .AddColumns(ProgressText.Right("Mean batch"), ProgressText.Right("Items/s"));
        if (latencies is not null)
        {
            table.AddColumns(ProgressText.Right("Latency p50"), ProgressText.Right("p99"));
        }

        var sources = report.Progress.Sources;
        foreach (var source in sources)
        {
            table.AddRow([.. Row(source.Partition, source.Items, source.Batches, report.Elapsed, latencies, source.Partition)]);
        }

        if (sources.Count > 1)
        {
            table.AddEmptyRow();
            table.AddRow([.. Row("all", report.Result.ItemsRead, report.Result.Batches, report.Elapsed, latencies, null)]);
        }

        return table;
    }

    private static string Title(FlowReport report) =>
        $"{(report.WasStopped ? "Stopped after" : "Completed in")} {report.Elapsed.TotalSeconds:F1} s: " +
        $"{ProgressText.Items(report.Result.ItemsRead)} read, {report.Result.ItemsWritten:N0} written";

    private static IEnumerable<string> Row(
        string name, long items, long batches, TimeSpan elapsed, Latencies? latencies, string? partition)
    {
        yield return Markup.Escape(name);
        yield return $"{items:N0}";
        yield return $"{batches:N0}";
        yield return batches == 0 ? "-" : $"{(double)items / batches:F1}";
        yield return $"{items / elapsed.TotalSeconds:N0}";
        if (latencies is not null)
        {
            yield return Milliseconds(latencies.Percentile(partition, 0.50));
            yield return Milliseconds(latencies.Percentile(partition, 0.99));
        }
    }

    private static string Milliseconds(TimeSpan? latency) => latency is { } known ? $"{known.TotalMilliseconds:N1} ms" : "-";
}
