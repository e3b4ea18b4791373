namespace Rx.Connectors.Files;

/// <summary>What to do with a line that is longer than <see cref="FileSourceOptions.MaxLineLength"/>.</summary>
public enum LongLineBehavior
{
    /// <summary>Fail with an <see cref="InvalidDataException"/> that names file and offset.</summary>
    Fail = 0,

    /// <summary>Hand out the beginning of it, as many whole characters as are allowed. The rest is passed over.</summary>
    Cut,

    /// <summary>Pass over it.</summary>
    Skip,
}
