using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>
/// Pulls an asynchronous stream under demand. There is never more than one <c>MoveNextAsync</c>, and the enumerator is disposed after
/// the last of them has ended, whatever happens; where that ignores its token, whoever closes does not wait for it. Unlike a pull from inside a poll it leaves the
/// client's keep-alives running, and unlike <c>async void</c> it cannot end the process.
/// </summary>
internal sealed class AsyncPump<TItem> : IDisposable
{
    private readonly IAsyncEnumerable<TItem> _stream;
    private readonly IFeedTarget<TItem> _target;
    private readonly IDemand _demand;
    private readonly RunCredit _credit;
    private readonly IScheduler _background;
    private readonly CancellationTokenSource _stop = new();
    private readonly ClientEnd _end;

    public AsyncPump(
        IAsyncEnumerable<TItem> stream, IFeedTarget<TItem> target, IDemand demand, IScheduler scheduler, TimeSpan patience)
    {
        _stream = stream;
        _target = target;
        _demand = demand;
        _credit = demand.Credit;
        _background = scheduler.Background();
        _end = new ClientEnd(scheduler, patience, "MoveNextAsync");
    }

    /// <summary>Ends when the enumerator is disposed; fails where the client does not let go of its last <c>MoveNextAsync</c>.</summary>
    public Task Closed => _end.Task;

    /// <summary>Begins in the background: a client that blocks before its first await must not hold up the worker.</summary>
    public void Start() =>
        _background.Schedule(() => _ = RunAsync());

    public void Dispose()
    {
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // A client's callback threw while it was told to stop. Whoever disposes can do nothing about it.
        }

        _end.Told();
    }

    private async Task RunAsync()
    {
        IAsyncEnumerator<TItem>? items = null;
        Exception? error = null;
        try
        {
            if (!_stop.IsCancellationRequested)
            {
                items = _stream.GetAsyncEnumerator(_stop.Token);
                await PullAsync(items).ConfigureAwait(false);
            }
        }
        catch (Exception clientFailed)
        {
            error = clientFailed;
        }

        _end.Back();
        if (error is not null)
        {
            // Told at once: the client's own closing may take its time, or never end.
            _target.OnError(error);
        }

        await DisposeAsync(items, error is not null).ConfigureAwait(false);
        _end.Closed();
    }

    private async Task PullAsync(IAsyncEnumerator<TItem> items)
    {
        ValueTask<bool>? next = null;
        while (true)
        {
            if (next is null)
            {
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                if (!_demand.HasRoom)
                {
                    await new RoomAwaitable(_demand, _background);
                    continue;
                }

#pragma warning disable CA2012 // Awaited below, once.
                next = items.MoveNextAsync();
#pragma warning restore CA2012
            }

            if (!await next.Value.ConfigureAwait(false))
            {
                return;
            }

            next = Send(items);
        }
    }

    /// <summary>Sends the current item, and others as long as the client has them at once and there is room.</summary>
    /// <returns>What is to be awaited; null if nothing was begun.</returns>
    private ValueTask<bool>? Send(IAsyncEnumerator<TItem> items)
    {
        _demand.BeginRun();
        try
        {
            while (true)
            {
                _target.OnNext(items.Current);
                // There is no credit after the end.
                if (!_credit.IsLeft && (!_demand.HasRoom || _stop.IsCancellationRequested))
                {
                    return null;
                }

                var next = items.MoveNextAsync();
                if (!next.IsCompletedSuccessfully)
                {
                    return next;
                }

#pragma warning disable VSTHRD002 // It has completed.
                if (!next.Result)
#pragma warning restore VSTHRD002
                {
                    return new ValueTask<bool>(false);
                }
            }
        }
        finally
        {
            _demand.EndRun();
        }
    }

    private async Task DisposeAsync(IAsyncEnumerator<TItem>? items, bool failed)
    {
        try
        {
            if (items is not null)
            {
                await items.DisposeAsync().ConfigureAwait(false);
            }

            if (!failed)
            {
                _target.OnCompleted();
            }
        }
        catch (Exception disposeFailed)
        {
            // After an error this one is ignored by the target: the first is what happened.
            _target.OnError(disposeFailed);
        }
    }

    /// <summary>Awaits room, and goes on in the background rather than on the thread that polls.</summary>
    private readonly struct RoomAwaitable(IDemand demand, IScheduler background) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => demand.HasRoom;

        public RoomAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            var scheduler = background;
            if (!demand.PauseUntilRoom(() => scheduler.Schedule(continuation)))
            {
                scheduler.Schedule(continuation);
            }
        }
    }
}
