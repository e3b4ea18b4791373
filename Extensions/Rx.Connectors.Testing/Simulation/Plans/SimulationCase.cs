using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>
/// What is simulated: a seed, of which everything is drawn, and limits that make it smaller. Its text, as <c>4711</c> or
/// <c>4711:items=3,crashes=1</c>, repeats the simulation on any machine.
/// </summary>
/// <param name="Seed">The seed.</param>
public sealed record SimulationCase(ulong Seed)
{
    /// <summary>At most so many source steps. Default: no limit beyond what is drawn, as for all that follow.</summary>
    public int Sources { get; init; } = int.MaxValue;

    /// <summary>At most so many partitions of a source or sink.</summary>
    public int Partitions { get; init; } = int.MaxValue;

    /// <summary>At most so many items in a partition.</summary>
    public int Items { get; init; } = int.MaxValue;

    /// <summary>At most so many sinks.</summary>
    public int Sinks { get; init; } = int.MaxValue;

    /// <summary>At most so many workers.</summary>
    public int Workers { get; init; } = int.MaxValue;

    /// <summary>At most so many crashes.</summary>
    public int Crashes { get; init; } = int.MaxValue;

    /// <summary>1 lets clients, writes and commits fail and runs be stopped, 0 does not.</summary>
    public int Faults { get; init; } = 1;

    /// <summary>Reads a case from its text.</summary>
    /// <param name="text">A seed, and limits after a colon.</param>
    /// <returns>The case.</returns>
    /// <exception cref="FormatException">It is no such text; the message says what is allowed.</exception>
    public static SimulationCase Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':', 2);
        if (!ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            throw Refused(text);
        }

        var result = new SimulationCase(seed);
        foreach (var limit in parts.Length == 1 ? [] : parts[1].Split(','))
        {
            var pair = limit.Split('=');
            if (pair.Length != 2 || !int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value < (pair[0] is "crashes" or "faults" ? 0 : 1))
            {
                throw Refused(text);
            }

            result = pair[0] switch
            {
                "sources" => result with { Sources = value },
                "partitions" => result with { Partitions = value },
                "items" => result with { Items = value },
                "sinks" => result with { Sinks = value },
                "workers" => result with { Workers = value },
                "crashes" => result with { Crashes = value },
                "faults" => result with { Faults = value },
                _ => throw Refused(text),
            };
        }

        return result;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    /// <returns>The seed, and the limits that are set.</returns>
    public override string ToString()
    {
        (string Name, int Value, int Default)[] limits =
        [
            ("sources", Sources, int.MaxValue), ("partitions", Partitions, int.MaxValue), ("items", Items, int.MaxValue),
            ("sinks", Sinks, int.MaxValue), ("workers", Workers, int.MaxValue), ("crashes", Crashes, int.MaxValue),
            ("faults", Faults, 1),
        ];
        var set = string.Join(',', limits.Where(static limit => limit.Value != limit.Default)
            .Select(static limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Name}={limit.Value}")));
        var seed = Seed.ToString(CultureInfo.InvariantCulture);
        return set.Length == 0 ? seed : $"{seed}:{set}";
    }

    private static FormatException Refused(string text) => new(
        $"\"{text}\" is no case of a simulation. It is a whole number from 0, with limits after a colon, as in " +
        "\"4711:items=3,crashes=1\"; they are sources, partitions, items, sinks, workers (1 or more), crashes and faults (0 or more).");
}
