namespace Rx.Connectors.Bridging;

/// <summary>What a client did not return, or did not say.</summary>
internal static class Missing
{
    public static InvalidOperationException Task() => new("The write returned null instead of a task.");

    /// <summary>An error is never the end, also where <c>OnError</c> was called with null.</summary>
    public static Exception Error(Exception? error) =>
        error ?? new InvalidOperationException("The observable failed with OnError(null), which does not say why.");
}
