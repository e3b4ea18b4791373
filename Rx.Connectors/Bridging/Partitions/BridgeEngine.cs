using System.Reactive;
using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>What every bridged partition is made of: a feed, a bridge, and the order in which they start and stop.</summary>
internal sealed class BridgeEngine<TItem, T, TMark>(Feed<TItem> feed, BridgeSettings settings, BatchLog<TItem, T, TMark> log)
    : IDisposable
{
    // How long the start waits for a client to be subscribed to. Most take no time, and then nothing that they send is missed.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly PollRequests _requests = new();
    private volatile BridgeExit<TItem, T, TMark>? _exit;
    private FeedConnection? _connection;
    private volatile ClientEnd? _connecting;
    private volatile bool _disposed;

    public DateTimeOffset? NextAwake => _exit?.NextAwake;

    public IObservable<Unit> Available => _requests.Available;

    public SourceStatus Status => _exit?.Status ?? default;

    /// <summary>Opens the client, unless it is open. The first to come decides the clock.</summary>
    public void Start(IScheduler scheduler)
    {
        BridgeState<TItem, T, TMark> state;
        lock (_gate)
        {
            TypeName.ThrowIfDisposed(_disposed, typeof(SourcePartition<T>));
            if (_exit is not null)
            {
                return;
            }

            state = new BridgeState<TItem, T, TMark>(
                settings, settings.Scheduler ?? scheduler, log, _requests, feed.CanPause,
                pollsOnOneThread: scheduler is EventLoopScheduler or WorkerThread || settings.Scheduler is EventLoopScheduler);
            _exit = new BridgeExit<TItem, T, TMark>(state);
        }

        state.Ended += Disconnect;
        Connect(state, settings.Scheduler ?? scheduler);
    }

    public IReadOnlyList<T>? Poll()
    {
        if (_exit is null)
        {
            Start(DefaultScheduler.Instance);
        }

        return _exit!.Poll();
    }

    public void Nudge() => _exit?.Nudge();

    /// <summary>Reads the partition's bookkeeping; before the start nothing can change it, and reading starts nothing.</summary>
    public TResult Read<TResult>(Func<TResult> read)
    {
        if (_exit is { } exit)
        {
            return exit.Read(read);
        }

        TypeName.ThrowIfDisposed(_disposed, typeof(SourcePartition<T>));
        return read();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _exit?.Dispose();
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

    private void Connect(BridgeState<TItem, T, TMark> state, IScheduler scheduler)
    {
        if (feed.IsCalledInConnect && !scheduler.IsVirtual())
        {
            ConnectBeside(state, scheduler);
        }
        else
        {
            Connect(state, scheduler, waits: null);
        }
    }

    /// <summary>
    /// Connects on a thread that the client may keep. As a rule it does not: then it is connected when this returns, and what it sends
    /// from then on is taken.
    /// </summary>
    private void ConnectBeside(BridgeState<TItem, T, TMark> state, IScheduler scheduler)
    {
        var connecting = _connecting = new ClientEnd(scheduler, settings.StopTimeout, nameof(IObservable<>.Subscribe));
        var mailbox = new Mailbox(scheduler);
        var goesOn = false;
        void GoOn() => mailbox.Post(_ => goesOn = true, null);
        ConnectingThread.Run(() =>
        {
            try
            {
                Connect(state, scheduler, GoOn);
            }
            catch (Exception clockFailed)
            {
                // Nothing else is called there that throws, and nobody else would catch it.
                state.End(clockFailed);
            }

            connecting.Closed();
            // Thousands of partitions would keep what none of them needs again.
            _connecting = null;
            GoOn();
        });
        using var patience = scheduler.Background().Schedule(_patience, GoOn);
        mailbox.Run(() => goesOn, until: null, "The start of a bridge");
    }

    private void Connect(BridgeState<TItem, T, TMark> state, IScheduler scheduler, Action? waits)
    {
        state.Threads.BeginConnecting(waits);
        var entrance = new BridgeEntrance<TItem, T, TMark>(state);
        var connection = feed.Connect(entrance, entrance, scheduler);
        state.Threads.EndConnecting();
        bool closed;
        lock (_gate)
        {
            _connection = connection;
            closed = _disposed || state.HasEnded;
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
