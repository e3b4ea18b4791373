using System.Runtime.ExceptionServices;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Sources;

/// <summary>
/// Reads an asynchronous stream one item at a time. A read that is not awaited to its end stays pending and is taken up by the
/// next call; the enumerator is disposed once, and not before the pending read has ended.
/// </summary>
internal sealed class AsyncReader<T> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IAsyncEnumerable<T> _stream;
    private readonly Func<bool> _canStop;
    private IAsyncEnumerator<T>? _items;
    private Mailbox? _waiter;
    private State _state;
    private bool _disposed;
    private bool _hasItem;
    private T? _item;
    private Exception? _error;

    public AsyncReader(IAsyncEnumerable<T> stream)
    {
        _stream = stream;
        _canStop = CanStop;
    }

    private enum State
    {
        /// <summary>No read has begun since the last one was taken.</summary>
        Idle,

        /// <summary>A read is pending.</summary>
        Reading,

        /// <summary>A read has ended and waits to be taken.</summary>
        Read,
    }

    /// <summary>Takes the pending read's outcome, or that of a new one, waiting for it in a mailbox.</summary>
    /// <returns>False when it is still pending at <paramref name="until"/>, or the reader was disposed meanwhile.</returns>
    public bool TryRead(Mailbox mailbox, long? until, out Polled<T> polled)
    {
        polled = default;
        if (Begin())
        {
            _ = ReadAsync();
        }

        if (!Wait(mailbox, until))
        {
            return false;
        }

        if (_error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        polled = _hasItem ? Polled<T>.OfItem(_item!) : Polled<T>.End;
        _item = default;
        return true;
    }

    public void Dispose()
    {
        Mailbox? waiter;
        bool idle;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            waiter = _waiter;
            idle = _state != State.Reading;
        }

        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // A client's callback threw while it was told to stop. Whoever disposes can do nothing about it.
        }

        if (idle)
        {
            _ = CloseQuietlyAsync();
        }

        waiter?.Wake();
    }

    private bool Begin()
    {
        lock (_gate)
        {
            if (_state != State.Idle || _disposed)
            {
                return false;
            }

            _state = State.Reading;
            return true;
        }
    }

    private bool Wait(Mailbox mailbox, long? until)
    {
        lock (_gate)
        {
            _waiter = mailbox;
        }

        if (!CanStop())
        {
            mailbox.Run(_canStop, until, $"{nameof(Batch)}.{nameof(Batch.FromAsync)}");
        }

        lock (_gate)
        {
            _waiter = null;
            if (_state != State.Read)
            {
                return false;
            }

            _state = State.Idle;
            return true;
        }
    }

    private bool CanStop()
    {
        lock (_gate)
        {
            return _state == State.Read || _disposed;
        }
    }

    // It goes on in the mailbox of its step: the framework would not run a continuation that does not ask for that there, but
    // on the thread pool. Once the step has ended, the mailbox passes it on to the background.
    private async Task ReadAsync()
    {
        _hasItem = false;
        try
        {
            _items ??= _stream.GetAsyncEnumerator(_stop.Token);
            if (await _items.MoveNextAsync().ConfigureAwait(true))
            {
                _item = _items.Current;
                _hasItem = true;
            }
            else
            {
                // Part of the last read, so that a stream that fails to close does not look complete.
                await CloseAsync().ConfigureAwait(true);
            }
        }
        catch (Exception clientFailed)
        {
            _error = clientFailed;
            _ = CloseQuietlyAsync();
        }

        End();
    }

    private void End()
    {
        Mailbox? waiter;
        bool disposed;
        lock (_gate)
        {
            _state = State.Read;
            waiter = _waiter;
            disposed = _disposed;
        }

        waiter?.Wake();
        if (disposed)
        {
            _ = CloseQuietlyAsync();
        }
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _items, null) is { } items)
        {
            await items.DisposeAsync().ConfigureAwait(true);
        }
    }

    private async Task CloseQuietlyAsync()
    {
        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // After an error the first is what happened, and after Dispose nobody is left to be told.
        }
    }
}
