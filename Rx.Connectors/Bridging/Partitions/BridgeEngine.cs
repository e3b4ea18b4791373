using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>What every bridged partition is made of: a feed, a buffer, and the order in which they start and stop.</summary>
internal sealed class BridgeEngine<TItem, TQueued>(Feed<TItem> feed, BridgeSettings settings, IBatchTaker<TItem, TQueued> taker)
    : IDisposable
{
    // How long the start waits for a client to be subscribed to. Most take no time, and then nothing that they send is missed.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Subject<Unit> _available = new();
    private volatile BridgeBuffer<TItem, TQueued>? _buffer;
    private FeedConnection? _connection;
    private volatile ClientEnd? _connecting;
    private volatile bool _disposed;

    public DateTimeOffset? NextAwake => _buffer?.NextAwake;

    // Who subscribes late is told what was signalled before: there is no second signal until the next poll.
    public IObservable<Unit> Available => Observable.Create<Unit>(observer =>
    {
        var subscription = _available.Subscribe(observer);
        if (_buffer is { HasSignalled: true })
        {
            observer.OnNext(Unit.Default);
        }

        return subscription;
    });

    public SourceStatus Status => _buffer?.Status ?? default;

    /// <summary>Opens the client, unless it is open. The first to come decides the clock.</summary>
    public void Start(IScheduler scheduler)
    {
        BridgeBuffer<TItem, TQueued> buffer;
        lock (_gate)
        {
            TypeName.ThrowIfDisposed(_disposed, typeof(SourcePartition<TItem>));
            if (_buffer is not null)
            {
                return;
            }

            buffer = _buffer = new BridgeBuffer<TItem, TQueued>(
                settings, settings.Scheduler ?? scheduler, taker, _available, feed.CanPause,
                pollsOnOneThread: scheduler is EventLoopScheduler or WorkerThread || settings.Scheduler is EventLoopScheduler);
        }

        buffer.Ended += Disconnect;
        Connect(buffer, settings.Scheduler ?? scheduler);
    }

    public bool Take()
    {
        if (_buffer is null)
        {
            Start(DefaultScheduler.Instance);
        }

        return _buffer!.Take();
    }

    public void Nudge() => _buffer?.Nudge();

    /// <summary>Reads the partition's bookkeeping; before the start nothing can change it, and reading starts nothing.</summary>
    public TResult Read<TResult>(Func<TResult> read)
    {
        if (_buffer is { } buffer)
        {
            return buffer.Read(read);
        }

        TypeName.ThrowIfDisposed(_disposed, typeof(SourcePartition<TItem>));
        return read();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _buffer?.Dispose();
        Disconnect();
    }

    /// <summary>Ends when the client has closed, which the client decides.</summary>
    public async Task WhenClosed()
    {
        if (_connecting is { } connecting)
        {
            await connecting.Task.ConfigureAwait(false);
        }

        FeedConnection? connection;
        lock (_gate)
        {
            connection = _connection;
        }

        if (connection is not null)
        {
            await connection.Closed.ConfigureAwait(false);
        }
    }

    private void Connect(BridgeBuffer<TItem, TQueued> buffer, IScheduler scheduler)
    {
        if (feed.IsCalledInConnect && !scheduler.IsVirtual())
        {
            ConnectBeside(buffer, scheduler);
        }
        else
        {
            Connect(buffer, scheduler, waits: null);
        }
    }

    /// <summary>
    /// Connects on a thread that the client may keep. As a rule it does not: then it is connected when this returns, and what it sends
    /// from then on is taken.
    /// </summary>
    private void ConnectBeside(BridgeBuffer<TItem, TQueued> buffer, IScheduler scheduler)
    {
        var connecting = _connecting = new ClientEnd(scheduler, settings.StopTimeout, nameof(IObservable<>.Subscribe));
        var mailbox = new Mailbox(scheduler);
        var goesOn = false;
        void GoOn() => mailbox.Post(_ => goesOn = true, null);
        ConnectingThread.Run(() =>
        {
            try
            {
                Connect(buffer, scheduler, GoOn);
            }
            catch (Exception clockFailed)
            {
                // Nothing else is called there that throws, and nobody else would catch it.
                buffer.OnError(clockFailed);
            }

            connecting.Closed();
            // Thousands of partitions would keep what none of them needs again.
            _connecting = null;
            GoOn();
        });
        using var patience = scheduler.Background().Schedule(_patience, GoOn);
        mailbox.Run(() => goesOn, until: null, "The start of a bridge");
    }

    private void Connect(BridgeBuffer<TItem, TQueued> buffer, IScheduler scheduler, Action? waits)
    {
        buffer.BeginConnecting(waits);
        var connection = feed.Connect(buffer, buffer, scheduler);
        buffer.EndConnecting();
        bool closed;
        lock (_gate)
        {
            _connection = connection;
            closed = _disposed || buffer.HasEnded;
        }

        if (closed)
        {
            connection.Dispose();
        }
    }

    private void Disconnect()
    {
        FeedConnection? connection;
        lock (_gate)
        {
            connection = _connection;
        }

        connection?.Dispose();
        _connecting?.Told();
    }
}
