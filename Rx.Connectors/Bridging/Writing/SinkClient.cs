using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>A client that a partition opens, writes to and closes.</summary>
internal interface ISinkClient
{
    /// <summary>Begins to open it.</summary>
    void Start(IScheduler scheduler);

    /// <summary>Nothing is written any more.</summary>
    void Stop();

    /// <summary>Closes it, and ends when it is closed.</summary>
    Task CloseAsync();
}

/// <summary>One client after the other: another is opened after one that a write has failed on.</summary>
internal sealed class SinkClient<TClient>(Func<CancellationToken, Task<TClient>> open, Func<TClient, Task>? close) : ISinkClient
{
    private readonly Func<CancellationToken, Task<TClient>> _open = open;
    private readonly Func<TClient, Task>? _close = close;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private IScheduler _scheduler = DefaultScheduler.Instance;
    private Opened? _current;
    private Task _closed = Task.CompletedTask;

    public void Start(IScheduler scheduler)
    {
        _scheduler = scheduler;
        Take().Release();
    }

    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // A client's callback threw while it was told to stop. Whoever disposes can do nothing about it.
        }

        // Whoever does not wait for the end must have it closed all the same.
        CloseAsync().Observe();
    }

    public Task CloseAsync()
    {
        Opened? last;
        lock (_gate)
        {
            last = _current;
        }

        last?.Break(atOnce: true);
        return Volatile.Read(ref _closed);
    }

    /// <summary>Writes to the client, once it is open.</summary>
    public async Task WriteAsync<TItem>(TItem item, Func<TClient, TItem, CancellationToken, Task> write, CancellationToken stop)
    {
        var opened = Take();
        try
        {
            // Back to the thread that writes, which is who calls the client.
            var client = await opened.Client.WaitAsync(stop).ConfigureAwait(true);
            await (write(client, item, stop) ?? throw Missing.Task()).ConfigureAwait(true);
        }
        catch
        {
            opened.Break();
            throw;
        }
        finally
        {
            opened.Release();
        }
    }

    private Opened Take()
    {
        lock (_gate)
        {
            if (_current is not null && _current.TryUse())
            {
                return _current;
            }

            _current = new Opened(this, _closed);
            _closed = _current.Closed;
            return _current;
        }
    }

    /// <summary>A client, which is closed when it is broken and nobody uses it.</summary>
    private sealed class Opened
    {
        private readonly SinkClient<TClient> _owner;
        private readonly TaskCompletionSource<TClient> _client;
        private readonly TaskCompletionSource _closed;
        private int _users = 1;
        private bool _isBroken;
        private bool _isClosing;

        public Opened(SinkClient<TClient> owner, Task before)
        {
            _owner = owner;
            // In virtual time a hop to the thread pool would be a second thread (rule F6).
            var continues = owner._scheduler.IsVirtual() ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;
            _client = new(continues);
            _closed = new(continues);
            // Nobody may write, and then nobody hears of a client that cannot be opened, or closed.
            _client.Task.Observe();
            _closed.Task.Observe();
            // A client that blocks before its first await must not hold up the worker.
            owner._scheduler.Background().Schedule(() => _ = OpenAsync(before));
        }

        public Task<TClient> Client => _client.Task;

        public Task Closed => _closed.Task;

        public bool TryUse()
        {
            lock (_owner._gate)
            {
                _users += _isBroken ? 0 : 1;
                return !_isBroken;
            }
        }

        /// <summary>It is not used again, and is closed when the writes in it have ended; or now, since a write that hangs may need that.</summary>
        public void Break(bool atOnce = false) => Leave(isBroken: true, 0, atOnce);

        public void Release() => Leave(isBroken: false, 1, atOnce: false);

        private void Leave(bool isBroken, int users, bool atOnce)
        {
            lock (_owner._gate)
            {
                _isBroken |= isBroken;
                _users -= users;
                if (!_isBroken || (_users > 0 && !atOnce) || _isClosing)
                {
                    return;
                }

                _isClosing = true;
            }

            _ = CloseAsync();
        }

        private async Task OpenAsync(Task before)
        {
            try
            {
                // Two of one client at a time is what many servers refuse.
                await before.EndedAsync().ConfigureAwait(false);
                _owner._stop.Token.ThrowIfCancellationRequested();
                var opening = _owner._open(_owner._stop.Token) ??
                    throw new InvalidOperationException($"The open of {nameof(Bridge)}.{nameof(Bridge.To)} returned null instead of a task.");
                _client.SetResult(await opening.ConfigureAwait(false));
            }
            catch (Exception openFailed)
            {
                _client.SetException(openFailed);
            }
        }

        private async Task CloseAsync()
        {
            try
            {
                if (!_client.Task.IsCompleted)
                {
                    // Not waited for.
                    CloseLateAsync().Observe();
                }
                else if (_client.Task.IsCompletedSuccessfully)
                {
                    await Closing.Of(await _client.Task.ConfigureAwait(false), _owner._close).ConfigureAwait(false);
                }

                _closed.SetResult();
            }
            catch (Exception closeFailed)
            {
                _closed.SetException(closeFailed);
            }
        }

        private async Task CloseLateAsync() =>
            await Closing.Of(await _client.Task.ConfigureAwait(false), _owner._close).ConfigureAwait(false);
    }
}
