using System.Diagnostics.Metrics;

namespace Rx.Connectors.Files;

/// <summary>What files are measured by. It is static, as that of flows is: a meter that ends takes the series of others with it.</summary>
internal static class FileMeter
{
    public const string Name = "Rx.Connectors.Files";

    private static readonly Meter _meter = new(Name);

    /// <summary>Lines that were longer than is allowed, and were cut or skipped.</summary>
    public static readonly Counter<long> LongLines = _meter.CreateCounter<long>(
        "rx_connectors.files.long_lines", "{line}", "Lines longer than MaxLineLength that were cut or skipped.");
}
