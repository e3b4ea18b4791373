using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>Notes what happens to one thing that is watched.</summary>
/// <remarks>That a run is thrown out of what it does because it has crashed is no failure of what it was doing.</remarks>
internal sealed class RecordingLane(IEventLog log, string name)
{
    private int _closed;

    public void Note(RecordedKind kind, params IEnumerable<object?> items) => log.Add(name, kind, items);

    public void Items<T>(RecordedKind kind, IEnumerable<T> items) => log.Add(name, kind, items.Cast<object?>());

    public void Position<TPosition>(RecordedKind kind, ResumeState<TPosition> state)
    {
        if (state.TryGetValue(out var position))
        {
            log.Add(name, kind, [position]);
        }
        else
        {
            log.Add(name, kind);
        }
    }

    public void Awake(DateTimeOffset? time)
    {
        if (time is { } at)
        {
            log.Add(name, RecordedKind.Awake, log.TicksOf(at));
        }
        else
        {
            log.Add(name, RecordedKind.Awake);
        }
    }

    public void Failed(Exception error) => log.Add(name, RecordedKind.Failed, error);

    /// <summary>Calls, and notes what the call throws before it goes on its way.</summary>
    public TResult Try<TResult>(Func<TResult> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is not HaltedException)
        {
            Failed(error);
            throw;
        }
    }

    public void Try(Action call) => Try(() =>
    {
        call();
        return true;
    });

    /// <summary>Closes, and notes it the first time.</summary>
    public void Close(Action close)
    {
        Try(close);
        Closed();
    }

    /// <summary>As <see cref="Close"/>.</summary>
    public async ValueTask CloseAsync(Func<ValueTask> close)
    {
        try
        {
            await close().ConfigureAwait(false);
        }
        catch (Exception error) when (error is not HaltedException)
        {
            Failed(error);
            throw;
        }

        Closed();
    }

    private void Closed()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            log.Add(name, RecordedKind.Closed);
        }
    }
}
