using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>
/// A test as one action of its clock, which is what a worker is. Work that has left the clock is then looked for once, after it, and
/// not with a round trip through the thread pool each time the clock moves.
/// </summary>
internal static class OneAction
{
    public static T InOneAction<T>(this VirtualScheduler clock, Func<T> test)
    {
        var result = default(T);
        clock.At(clock.Clock, () => result = test());
        // It runs at once, moves the clock itself, and the clock looks for what has left it at the end.
        clock.AdvanceBy(1);
        return result!;
    }

    public static void InOneAction(this VirtualScheduler clock, Action test) => clock.InOneAction<object?>(() =>
    {
        test();
        return null;
    });

    /// <summary>Lets time pass inside the action; what is due meanwhile runs.</summary>
    public static void Pass(this VirtualScheduler clock, long ticks) =>
        clock.RunUntil(static () => false, new DateTimeOffset(clock.Clock + ticks, TimeSpan.Zero), "the test");
}
