using Rx.Connectors.Flows;
using Spectre.Console;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>Where a run stands: a table for a terminal, a line for anything else.</summary>
internal static class ProgressText
{
    private const int MostRows = 12;
    private const int MostNames = 8;
    private const int LongestName = 24;

    public static Table Table(FlowProgress progress, TimeSpan elapsed, bool stopping)
    {
        // As many as fit on a small terminal, those that are still being read first.
        var shown = progress.Sources.OrderBy(source => source.IsComplete).Take(MostRows).ToArray();
        var width = shown.Select(source => Name(source).Length).Append(9).Max();
        var caption = Totals(progress, elapsed) + (stopping ? ", stopping" : "");
        var table = new Table { Border = TableBorder.Rounded, Caption = new TableTitle(caption) }
            .AddColumn(new TableColumn("Partition").Width(width).NoWrap())
            .AddColumns(Right("Items", 9), Right("Items/s", 7), Right("Batches", 7), Right("Waiting", 7), Right("Lag", 8))
            .AddColumn(new TableColumn("State").Width(8));
        foreach (var source in shown)
        {
            table.AddRow(
                Markup.Escape(Name(source)),
                $"{source.Items:N0}",
                $"{source.Items / Math.Max(elapsed.TotalSeconds, 0.001):N0}",
                $"{source.Batches:N0}",
                $"{source.Queued:N0}",
                $"{source.Lag.TotalMilliseconds:N0} ms",
                source.IsComplete ? "[green]complete[/]" : "reading");
        }

        if (progress.Sources.Count > shown.Length)
        {
            table.AddRow($"{progress.Sources.Count - shown.Length} more");
        }

        return table;
    }

    public static string Line(FlowProgress progress, TimeSpan elapsed) =>
        $"{Totals(progress, elapsed)}, {progress.Sources.Sum(source => source.Queued):N0} waiting, lag {Lag(progress):N0} ms " +
        $"({string.Join(", ", progress.Sources.Take(MostNames).Select(source => $"{source.Partition} {source.Items:N0}"))}" +
        $"{(progress.Sources.Count > MostNames ? $" and {progress.Sources.Count - MostNames} more" : "")})";

    /// <param name="header">What stands over it.</param>
    /// <param name="width">Its width, where it must not jump while the numbers grow; null for what they need.</param>
    public static TableColumn Right(string header, int? width = null) => new TableColumn(header).RightAligned().Width(width);

    public static string Items(long count) => $"{count:N0} {(count == 1 ? "item" : "items")}";

    private static string Name(SourceProgress source) =>
        source.Partition.Length <= LongestName ? source.Partition : $"{source.Partition[..(LongestName - 1)]}…";

    private static string Totals(FlowProgress progress, TimeSpan elapsed) =>
        $"{elapsed.TotalSeconds,5:F1} s: {Items(progress.ItemsRead)} in {progress.Batches:N0} {(progress.Batches == 1 ? "batch" : "batches")}, " +
        $"{progress.ItemsWritten:N0} written";

    private static double Lag(FlowProgress progress) =>
        progress.Sources.Select(source => source.Lag.TotalMilliseconds).DefaultIfEmpty().Max();
}
