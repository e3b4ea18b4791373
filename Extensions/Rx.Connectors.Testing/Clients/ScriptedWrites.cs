using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>A call of <see cref="ScriptedWrites{T}.WriteAsync"/>.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class ScriptedCall<T>
{
    internal ScriptedCall(T item, int number, int attempt) => (Item, Number, Attempt) = (item, number, attempt);

    /// <summary>The item that is to be written.</summary>
    public T Item { get; }

    /// <summary>The call's number, from 1.</summary>
    public int Number { get; }

    /// <summary>How many calls there were for an equal item, this one included.</summary>
    public int Attempt { get; }
}

/// <summary>How a write ends.</summary>
public sealed class WriteStep
{
    private WriteStep(TimeSpan after, Exception? error, bool hangs)
    {
        After = after;
        Error = error;
        Hangs = hangs;
    }

    /// <summary>A write that never ends, unless it is cancelled.</summary>
    public static WriteStep Hang { get; } = new(TimeSpan.Zero, null, true);

    internal TimeSpan After { get; }

    internal Exception? Error { get; }

    internal bool Hangs { get; }

    /// <summary>A write that succeeds.</summary>
    /// <param name="after">After how long, on the clock. Default: at once.</param>
    /// <returns>The step.</returns>
    public static WriteStep Succeed(TimeSpan after = default) => new(after, null, false);

    /// <summary>A write that fails.</summary>
    /// <param name="error">With what; null for an <see cref="IOException"/>.</param>
    /// <param name="after">After how long, on the clock. Default: at once.</param>
    /// <returns>The step.</returns>
    public static WriteStep Fail(Exception? error = null, TimeSpan after = default) =>
        new(after, error ?? new IOException("The scripted write failed."), false);
}

/// <summary>
/// A client to write to, which takes its time, fails and hangs as it is told, and remembers what was asked of it:
/// <c>Bridge.To&lt;int&gt;(writes.WriteAsync)</c>.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>Thread-safe.</remarks>
public sealed class ScriptedWrites<T>
{
    private readonly Lock _gate = new();
    private readonly IScheduler _clock;
    private readonly Func<ScriptedCall<T>, WriteStep> _plan;
    private readonly bool _obeysToken;
    private readonly List<ScriptedCall<T>> _calls = [];
    private readonly List<T> _confirmed = [];
    private readonly Dictionary<Key, int> _attempts = [];
    private int _now;
    private int _mostAtOnce;
    private int _cancelled;

    /// <summary>Makes the client.</summary>
    /// <param name="clock">The clock of its delays.</param>
    /// <param name="plan">What each call comes to; null: all succeed at once.</param>
    /// <param name="obeysToken">Whether a write that is cancelled ends, as it should, or goes on, as with bad clients.</param>
    /// <exception cref="ArgumentNullException"><paramref name="clock"/> is null.</exception>
    public ScriptedWrites(IScheduler clock, Func<ScriptedCall<T>, WriteStep>? plan = null, bool obeysToken = true)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _plan = plan ?? (static _ => WriteStep.Succeed());
        _obeysToken = obeysToken;
    }

    /// <summary>The calls, in their order, a copy.</summary>
    public IReadOnlyList<ScriptedCall<T>> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>What was written, in the order of the confirmations, a copy.</summary>
    public IReadOnlyList<T> Confirmed
    {
        get
        {
            lock (_gate)
            {
                return [.. _confirmed];
            }
        }
    }

    /// <summary>The most writes that were under way at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    /// <summary>How many writes were cancelled while they were under way.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>Writes an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>A task that ends when it is written.</returns>
    public async Task WriteAsync(T item, CancellationToken cancellationToken)
    {
        ScriptedCall<T> call;
        lock (_gate)
        {
            var attempt = _attempts[new Key(item)] = _attempts.GetValueOrDefault(new Key(item)) + 1;
            _calls.Add(call = new ScriptedCall<T>(item, _calls.Count + 1, attempt));
            _mostAtOnce = Math.Max(_mostAtOnce, ++_now);
        }

        try
        {
            await RunAsync(_plan(call), _obeysToken ? cancellationToken : CancellationToken.None).ConfigureAwait(false);
            lock (_gate)
            {
                _confirmed.Add(item);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _now--;
            }
        }
    }

    private async Task RunAsync(WriteStep step, CancellationToken cancellationToken)
    {
        if (step.Hangs || step.After > TimeSpan.Zero)
        {
            await ClockDelay.Until(_clock, step.Hangs ? null : _clock.Now + step.After, cancellationToken).ConfigureAwait(false);
        }

        if (step.Error is not null)
        {
            throw step.Error;
        }
    }

    // A dictionary takes no null.
    private readonly record struct Key(T Item);
}
