using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>The clock of whichever process runs, to time a recording that goes on over crashes.</summary>
internal sealed class WorldClock(DateTimeOffset start) : IScheduler
{
    public SimulatedProcess? Process { get; set; }

    public DateTimeOffset Now => Process?.Clock.Now ?? start;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        throw new NotSupportedException();

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        throw new NotSupportedException();
}
