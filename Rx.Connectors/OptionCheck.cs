namespace Rx.Connectors;

/// <summary>Refuses options, each by its name and with what is allowed instead.</summary>
/// <param name="owner">The type that has the option.</param>
/// <param name="path">Where the user gave it, as in <c>options.Backoff</c>.</param>
internal readonly struct OptionCheck(string owner, string path)
{
    /// <exception cref="ArgumentOutOfRangeException">The option is wrong.</exception>
    public void Refuse(bool wrong, string option, object? value, string allowed)
    {
        if (wrong)
        {
            throw new ArgumentOutOfRangeException($"{path}.{option}", value, $"{owner}.{option} must be {allowed}.");
        }
    }

    /// <summary>Refuses a time that is not more than zero and at most the longest; null is none, and allowed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The option is wrong.</exception>
    public void RefuseInterval(string option, TimeSpan? value, TimeSpan longest) =>
        Refuse(value <= TimeSpan.Zero || value > longest, option, value, $"more than zero and at most {longest}");

    /// <summary>Refuses a number that is none of the enumeration's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The option is wrong.</exception>
    public void RefuseUndefined<T>(string option, T value)
        where T : struct, Enum => Refuse(!Enum.IsDefined(value), option, value, string.Join(" or ", Enum.GetNames<T>()));
}
