namespace Rx.Connectors.Testing;

/// <summary>The rules by number, as the design names them.</summary>
internal static class RuleNames
{
    private static readonly (string Rule, string Name)[] _all =
    [
        ("S1", "never blocks"), ("S2", "loses nothing"), ("S3", "data before errors"), ("S4", "data before completion"),
        ("S5", "exact position"), ("S6", "bounded"), ("S7", "batch shape"), ("S8", "wakes"), ("S9", "survives bad clients"),
        ("S10", "closes"), ("S11", "acks after commit"), ("S12", "keeps the order"),
        ("S13", "accounts for every input"),
        ("K1", "confirmed"), ("K2", "ordered"), ("K3", "says what failed"), ("K4", "ends"), ("K5", "retries unconfirmed only"),
        ("K6", "cannot deadlock"), ("K7", "exact position"),
    ];

    public static IEnumerable<string> Sources => _all.Select(static one => one.Rule).Where(static rule => rule[0] == 'S');

    public static IEnumerable<string> Sinks => _all.Select(static one => one.Rule).Where(static rule => rule[0] == 'K');

    public static string Of(string rule) => Array.Find(_all, one => one.Rule == rule).Name;
}
