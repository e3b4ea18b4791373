namespace Rx.Connectors.Files;

/// <summary>What to do when a file is found changed under a position. Never silently: either an error, or this was asked for.</summary>
public enum FileMismatchBehavior
{
    /// <summary>Fail with a <see cref="FileChangedException"/>. Nothing is skipped or read twice.</summary>
    Fail = 0,

    /// <summary>Read what is there now from its beginning.</summary>
    StartOver,
}
