using System.Diagnostics;

namespace Rx.Connectors.Races;

/// <summary>Waits for threads that take no part. Only a race that has gone wrong waits it out.</summary>
internal static class Patiently
{
    public static void Until(Func<bool> condition)
    {
        var patience = Stopwatch.StartNew();
        while (!condition() && patience.Elapsed < TimeSpan.FromSeconds(10))
        {
            Thread.Yield();
        }
    }
}
