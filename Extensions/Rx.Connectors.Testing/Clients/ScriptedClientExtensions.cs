using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>Makes clients of scripts.</summary>
public static class ScriptedClientExtensions
{
    /// <summary>An asynchronous stream that does what a script says, and remembers what is done to it.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="script">The script. Its times count from now; what is due earlier than it is read waits for the reader.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="obeysToken">Whether a read that waits ends when it is cancelled, as it should, or goes on, as bad clients do.</param>
    /// <returns>The stream. Each enumeration begins with the first step.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ScriptedStream<T> ToStream<T>(this ClientScript<T> script, IScheduler clock, bool obeysToken = true)
    {
        ArgumentNullException.ThrowIfNull(script);
        ArgumentNullException.ThrowIfNull(clock);
        return new ScriptedStream<T>(InOrder(script), clock, obeysToken);
    }

    /// <summary>An observable that does what a script says. It cannot be paused.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="script">The script. Its times count from now; what is due before it is subscribed to comes at the subscription.</param>
    /// <param name="clock">The clock.</param>
    /// <returns>The observable. Each subscription begins with the first step.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IObservable<T> ToObservable<T>(this ClientScript<T> script, IScheduler clock)
    {
        ArgumentNullException.ThrowIfNull(script);
        ArgumentNullException.ThrowIfNull(clock);
        return new ScriptedObservable<T>(InOrder(script), clock);
    }

    // Those of one time stay in the order in which they were added.
    private static ClientStep<T>[] InOrder<T>(ClientScript<T> script) => [.. script.Steps.OrderBy(static step => step.At)];
}
