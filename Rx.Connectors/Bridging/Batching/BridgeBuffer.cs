using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using System.Runtime.ExceptionServices;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Where pushing ends and polling begins: any thread adds, one thread takes. Everything is decided under one lock, and nobody
/// is called while it is held but the partition's own bookkeeping and the clock.
/// </summary>
internal sealed partial class BridgeBuffer<TItem, TQueued> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RingQueue<TQueued> _items = new();
    private readonly Subject<Unit> _available;
    private readonly RoomWaiters _waiters;
    private readonly BatchWindow _window;
    private readonly BridgeSettings _settings;
    private readonly ElapsedTime _elapsed;
    private readonly IBatchTaker<TItem, TQueued> _taker;
    private readonly bool _pausable;
    private ExceptionDispatchInfo? _error;
    private volatile int _occupied;
    private long _dropped;
    private volatile bool _ended;
    private bool _disposed;
    private bool _signalled;

    /// <param name="settings">Checked options.</param>
    /// <param name="clock">The clock of the batches.</param>
    /// <param name="taker">The partition's bookkeeping.</param>
    /// <param name="available">Where a poll is asked for.</param>
    /// <param name="pausable">Whether the feed stops by itself while there is no room. Then no item is ever refused.</param>
    /// <param name="pollsOnOneThread">Whether whoever polls does nothing else, and on one thread.</param>
    public BridgeBuffer(
        BridgeSettings settings, IScheduler clock, IBatchTaker<TItem, TQueued> taker, Subject<Unit> available, bool pausable,
        bool pollsOnOneThread)
    {
        _pollsOnOneThread = pollsOnOneThread;
        _settings = settings;
        _elapsed = new ElapsedTime(clock);
        _taker = taker;
        _available = available;
        _pausable = pausable;
        _waiters = new RoomWaiters(clock);
        _window = new BatchWindow(settings.MaxCount, settings.MaxDelay, _elapsed);
    }

    /// <summary>Nothing that is sent will be taken any more, so the feed can close.</summary>
    public event Action? Ended;

    public bool HasEnded => _ended;

    /// <summary>Whether a poll was asked for since the last one.</summary>
    public bool HasSignalled
    {
        get
        {
            lock (_gate)
            {
                return _signalled;
            }
        }
    }

    public SourceStatus Status
    {
        get
        {
            lock (_gate)
            {
                DateTimeOffset? since = _window.WaitingSince is { } time ? _elapsed.DateOf(time) : null;
                return new SourceStatus(_items.Count, _dropped, since);
            }
        }
    }

    /// <summary>When to poll, a time that has passed if at once; null if only a signal can bring something.</summary>
    public DateTimeOffset? NextAwake
    {
        get
        {
            lock (_gate)
            {
                var due = _ended && _items.Count == 0 ? _elapsed.Now : _window.NextDue();
                return due is { } time ? _elapsed.DateOf(time) : null;
            }
        }
    }

    /// <summary>Hands the batch that is ready to the taker. False once everything was taken and the source is complete.</summary>
    public bool Take()
    {
        RoomWaiters.Released released;
        ExceptionDispatchInfo? error = null;
        var more = true;
        lock (_gate)
        {
            TypeName.ThrowIfDisposed(_disposed, typeof(SourcePartition<TItem>));
            _signalled = false;
            _pollingThread = Environment.CurrentManagedThreadId;
            _taker.Polling();
            var count = _window.Take();
            if (count > 0)
            {
                MoveToTaker(count);
            }
            else if (_ended && _items.Count == 0)
            {
                more = false;
                error = _error;
            }

            _taker.End(_items);
            released = TakeWaiters();
        }

        released.Wake();
        error?.Throw();
        return more;
    }

    /// <summary>Reads a piece of the partition's bookkeeping under the lock, unless the buffer is disposed.</summary>
    public TResult Read<TResult>(Func<TResult> read)
    {
        lock (_gate)
        {
            TypeName.ThrowIfDisposed(_disposed, typeof(SourcePartition<TItem>));
            return read();
        }
    }

    /// <summary>Asks for a poll though nothing may wait, as when a position moved on without items.</summary>
    public void Nudge()
    {
        lock (_gate)
        {
            if (_ended || !TakeSignal())
            {
                return;
            }
        }

        Signal();
    }

    public void Dispose()
    {
        RoomWaiters.Released released;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _ended = true;
            _items.Clear();
            released = TakeWaiters();
        }

        released.Wake();
        Ended?.Invoke();
        _available.OnCompleted();
    }

    private void MoveToTaker(int count)
    {
        _taker.Begin(count);
        _occupied -= count;
        while (count > 0)
        {
            var part = _items.First(count);
            _taker.Take(part);
            count -= part.Length;
            _items.Release(part.Length);
        }
    }

    // The feed is resumed at half, so that a slow poller does not wake it for every item; or below a full batch, since what
    // waits then may be waiting for more.
    private RoomWaiters.Released TakeWaiters() => _waiters.Take(
        _ended || _occupied <= _settings.Capacity / 2 || (HasRoom && _occupied < _settings.MaxCount));

    // One signal is enough until the next poll, which looks at everything.
    private bool TakeSignal()
    {
        var first = !_signalled;
        _signalled = true;
        return first;
    }

    private void Signal()
    {
        try
        {
            _available.OnNext(Unit.Default);
        }
        catch (Exception observerFailed)
        {
            // The host's own observer must not break the client's thread (rule S9); the next poll reports it.
            OnError(observerFailed);
        }
    }
}
