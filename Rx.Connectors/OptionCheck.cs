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
}
