namespace Rx.Connectors.Bridging;

/// <summary>What a client did not return.</summary>
internal static class Missing
{
    public static InvalidOperationException Task() => new("The write returned null instead of a task.");
}
