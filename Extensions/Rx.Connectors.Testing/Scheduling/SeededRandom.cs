namespace Rx.Connectors.Testing;

/// <summary>
/// Random numbers that are the same for the same seed on every machine and in every version of the framework, which
/// <see cref="Random"/> does not promise. The algorithm is SplitMix64.
/// </summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Numbers of their own for one subject, so that what is drawn for another does not change them.</summary>
    public static SeededRandom For(ulong seed, string subject)
    {
        // FNV-1a: a string's own hash is another one in every process.
        var hash = 14695981039346656037UL;
        foreach (var letter in subject)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return new SeededRandom(Mix(seed) ^ hash);
    }

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>A number from zero up to, but not including, a limit.</summary>
    public int Next(int limit) => limit <= 1 ? 0 : (int)(Next() % (ulong)limit);

    /// <summary>A number between two, both included.</summary>
    public int Between(int least, int most) => least + Next(most - least + 1);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
