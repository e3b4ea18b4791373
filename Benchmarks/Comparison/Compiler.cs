using System.Diagnostics;
using System.Runtime;

namespace Rx.Connectors.Benchmarks;

/// <summary>
/// The just-in-time compiler, which makes code that has turned out to be hot anew, on a thread of its own. It begins only once
/// nothing new has been run for 100 ms.
/// </summary>
internal static class Compiler
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _idle = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public static void WaitUntilItRests()
    {
        var started = Stopwatch.GetTimestamp();
        TimeSpan before;
        do
        {
            before = JitInfo.GetCompilationTime();
            Thread.Sleep(_look);
        }
        while (JitInfo.GetCompilationTime() - before > _idle && Stopwatch.GetElapsedTime(started) < _patience);
    }
}
