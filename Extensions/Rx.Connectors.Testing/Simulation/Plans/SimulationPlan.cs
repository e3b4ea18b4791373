using Rx.Connectors.Bridging;

namespace Rx.Connectors.Testing;

/// <summary>What kind of client a simulated source reads.</summary>
internal enum SourceKind
{
    /// <summary>A log, read from a position through a bridge: exactly once.</summary>
    Log,

    /// <summary>The same, through an Rx query.</summary>
    QueriedLog,

    /// <summary>A partition written by hand: exactly once.</summary>
    Polled,

    /// <summary>A broker that delivers again what was not acknowledged: at least once.</summary>
    Broker,

    /// <summary>No positions at all, read from the beginning by every run: at least once.</summary>
    Repeated,
}

internal sealed record SourcePlan(
    int Number, SourceKind Kind, IReadOnlyList<int> Items, Shape Query, Shape Step, BridgeOptions Bridge, bool Restarts, int Pace)
{
    public string StepId => $"in{Number}";

    public bool KeepsPosition => Kind is SourceKind.Log or SourceKind.QueriedLog or SourceKind.Polled;

    /// <summary>What arrives of one partition, in its order.</summary>
    public IEnumerable<SimulatedItem> Expected(int partition) => Enumerable.Range(0, Items[partition])
        .Select(index => new SimulatedItem(Number, partition, index, 0))
        .SelectMany(item => Query.Apply(item))
        .SelectMany(item => Step.Apply(item));
}

internal sealed record SinkPlan(int Number, bool KeepsPosition, int Partitions, IReadOnlyList<SourcePlan> Sources, int Pace, int Concurrency)
{
    public string StepId => $"out{Number}";
}

/// <summary>When a run crashes: at a step, or before or after a commit takes effect.</summary>
internal sealed record CrashPlan(long AtStep, int AtCommit, bool AfterCommit)
{
    public static readonly CrashPlan Never = new(long.MaxValue, int.MaxValue, false);
}

/// <summary>A flow and what befalls it, drawn from a seed. Each part is drawn by itself, so that a limit on one leaves the others.</summary>
internal sealed record SimulationPlan(
    IReadOnlyList<SourcePlan> Sources, IReadOnlyList<SinkPlan> Sinks, int Workers, TimeSpan EpochInterval, long? MaxEpochItems,
    int ExchangeCapacity, IReadOnlyList<CrashPlan> Crashes, bool HasFaults, int FaultOneIn)
{
    /// <summary>What a delay is counted in: far less than the 1 ms after which a partition that cannot tell is asked again.</summary>
    public const long Unit = TimeSpan.TicksPerMillisecond / 20;

    public static SimulationPlan Draw(SimulationCase one)
    {
        var random = SeededRandom.For(one.Seed, "flow");
        var sources = Enumerable.Range(0, Math.Min(random.Between(1, 3), one.Sources)).Select(i => DrawSource(one, i)).ToArray();
        var sinks = Enumerable.Range(0, Math.Min(random.Between(1, 3), one.Sinks)).Select(i => DrawSink(one, i, sources)).ToArray();
        sinks = Cover(sources, sinks);
        return new SimulationPlan(
            sources, sinks, Math.Min(random.Between(1, 4), one.Workers),
            random.Next(4) switch { 0 => TimeSpan.Zero, 1 => TimeSpan.MaxValue, _ => TimeSpan.FromTicks(random.Between(1, 100) * Unit) },
            random.OneIn(2) ? random.Between(1, 40) : null,
            random.OneIn(2) ? random.Between(1, 3) : 8,
            DrawCrashes(one), one.Faults > 0 && !random.OneIn(4), random.Between(20, 200));
    }

    private static SourcePlan DrawSource(SimulationCase one, int number)
    {
        var random = SeededRandom.For(one.Seed, $"source {number}");
        var kind = random.Next(9) switch
        {
            0 or 1 => SourceKind.Log,
            2 or 3 or 4 => SourceKind.QueriedLog,
            5 or 6 => SourceKind.Polled,
            7 => SourceKind.Broker,
            _ => SourceKind.Repeated,
        };
        var most = random.OneIn(4) ? 60 : 16;
        var partitions = kind == SourceKind.Repeated ? 1 : random.Between(1, 3);
        var items = Enumerable.Range(0, partitions).Select(_ => random.Between(0, most)).ToArray();
        var count = random.Between(1, 8);
        var bridge = new BridgeOptions
        {
            MaxBatchSize = count,
            MaxBatchDelay = TimeSpan.FromTicks(random.Between(1, 30) * Unit),
            Capacity = count + random.Between(0, 8),
        };
        return new SourcePlan(
            number, kind, [.. items.Take(one.Partitions).Select(length => Math.Min(length, one.Items))],
            kind == SourceKind.QueriedLog ? (Shape)random.Between(1, (int)Shape.DropUndeclared) : Shape.Keep, (Shape)random.Between(0, 2), bridge,
            random.OneIn(2), random.OneIn(3) ? 0 : random.Between(1, 20));
    }

    private static SinkPlan DrawSink(SimulationCase one, int number, SourcePlan[] sources)
    {
        var random = SeededRandom.For(one.Seed, $"sink {number}");
        var keeps = !random.OneIn(3);
        // What keeps no position is lost behind a sink that does: the sink is cut, and nobody reads it again.
        var mine = sources.Where(source => !keeps || source.Kind != SourceKind.Repeated).Where(_ => !random.OneIn(4)).ToArray();
        return new SinkPlan(
            number, keeps, Math.Min(random.Between(1, 3), one.Partitions), mine, random.OneIn(2) ? 0 : random.Between(1, 12),
            random.Between(1, 4));
    }

    // Every source is written by some sink, and every sink has a source.
    private static SinkPlan[] Cover(SourcePlan[] sources, SinkPlan[] sinks)
    {
        var left = sources.Where(source => !Array.Exists(sinks, sink => sink.Sources.Contains(source))).ToArray();
        if (left.Length > 0)
        {
            var keeps = Array.TrueForAll(left, static source => source.Kind != SourceKind.Repeated) && sinks[0].KeepsPosition;
            sinks[0] = sinks[0] with { KeepsPosition = keeps, Sources = [.. sinks[0].Sources, .. left] };
        }

        return [.. sinks.Where(static sink => sink.Sources.Count > 0)];
    }

    private static CrashPlan[] DrawCrashes(SimulationCase one)
    {
        var random = SeededRandom.For(one.Seed, "crashes");
        var count = random.Next(20) switch { < 2 => 0, < 8 => 1, < 14 => 2, < 18 => 3, _ => 5 };
        return [.. Enumerable.Range(0, count).Select(_ => DrawCrash(random)).Take(one.Crashes)];
    }

    // A third while it opens, a third near a commit, a third anywhere: an even draw would rarely meet the first two.
    private static CrashPlan DrawCrash(SeededRandom random) => random.Next(3) switch
    {
        0 => CrashPlan.Never with { AtStep = random.Between(1, 60) },
        1 => CrashPlan.Never with { AtCommit = random.Between(1, 5), AfterCommit = random.OneIn(2) },
        _ => CrashPlan.Never with { AtStep = random.Between(1, 1 << random.Between(6, 11)) },
    };
}
