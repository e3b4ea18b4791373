namespace Rx.Connectors.Benchmarks;

/// <summary>One way to do a workload.</summary>
/// <param name="Name">Its name, unique in the workload.</param>
/// <param name="Measure">Does it with so many items, and measures it.</param>
/// <param name="Run">Does it with so many items and returns a checksum; null for one that can only measure itself.</param>
internal sealed record Contender(string Name, Func<int, Measured> Measure, Func<int, long>? Run = null)
{
    /// <summary>This library, with its defaults.</summary>
    public const string Ours = "Rx.Connectors";

    public const string SystemReactive = "System.Reactive";

    public const string R3 = "R3";

    public const string Akka = "Akka.Streams";

    /// <summary>One that is measured from its call to its return; all of a workload must come to the same checksum.</summary>
    public static Contender Timed(string name, Func<int, long> checksum, Func<int, long> run) =>
        new(name, items => Meter.Run(name, run, items, checksum(items)), run);
}
