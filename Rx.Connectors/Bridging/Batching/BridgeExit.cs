using System.Runtime.ExceptionServices;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>The side of a bridge that is polled, by one thread at a time.</summary>
internal sealed class BridgeExit<TItem, T, TMark>(BridgeState<TItem, T, TMark> state) : IDisposable
{
    private long _askAgain = ElapsedTime.Never;
    private bool _isDisposed;

    public SourceStatus Status
    {
        get
        {
            lock (state.Gate)
            {
                DateTimeOffset? since = state.Queue.WaitingSince is { } time ? state.Elapsed.DateOf(time) : null;
                var unknown = state.HasEnded ? 0 : state.Queue.Open.Unknown;
                return new SourceStatus { Queued = state.Queue.Count + unknown, Dropped = state.Admission.Dropped, QueuedSince = since };
            }
        }
    }

    /// <summary>When to poll, a time that has passed if at once; null if only a request can bring something.</summary>
    public DateTimeOffset? NextAwake
    {
        get
        {
            lock (state.Gate)
            {
                var due = state.HasEnded && state.Queue.Count == 0 ? state.Elapsed.Now : state.Queue.NextDue();
                if (_askAgain != ElapsedTime.Never && state.Log.IsAwaiting)
                {
                    due = Math.Min(due ?? ElapsedTime.Never, _askAgain);
                }

                return due is { } time ? state.Elapsed.DateOf(time) : null;
            }
        }
    }

    /// <summary>Takes the batch that is ready. Null once everything was taken and the source is complete.</summary>
    public IReadOnlyList<T>? Poll()
    {
        RoomWaiters.Released released;
        Exception? refused;
        ExceptionDispatchInfo? error = null;
        IReadOnlyList<T>? polled = [];
        lock (state.Gate)
        {
            ThrowIfDisposed();
            state.Requests.Answer();
            state.Threads.Polls();
            state.Log.Polling();
            refused = state.Learn(out _);
            if (state.Queue.TryTake(out var batch))
            {
                state.Admission.Leave(batch.Count);
                state.Log.HandedOut(batch.Kept);
                polled = batch.ToArray();
                state.Queue.Recycle(batch);
            }
            else if (state.HasEnded && state.Queue.Count == 0)
            {
                polled = null;
                error = state.Error;
            }

            state.Log.Polled(state.Queue.OldestMark);
            _askAgain = state.Log.IsAwaiting ? state.Elapsed.After(BridgeOptions.DefaultMaxBatchDelay) : ElapsedTime.Never;
            released = state.TakeWaiters();
        }

        released.Wake();
        state.Report(asks: false, refused);
        error?.Throw();
        return polled;
    }

    /// <summary>Reads a piece of the log's bookkeeping under the lock, unless the bridge is disposed.</summary>
    public TResult Read<TResult>(Func<TResult> read)
    {
        lock (state.Gate)
        {
            ThrowIfDisposed();
            return read();
        }
    }

    /// <summary>Asks for a poll though nothing may wait, as when a position moved on without items.</summary>
    public void Nudge()
    {
        bool asks;
        lock (state.Gate)
        {
            asks = !state.HasEnded && state.Requests.Take();
        }

        state.Report(asks, error: null);
    }

    public void Dispose()
    {
        RoomWaiters.Released released;
        lock (state.Gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            released = state.Close();
        }

        released.Wake();
        state.TellEnded();
        state.Requests.Complete();
    }

    private void ThrowIfDisposed() => TypeName.ThrowIfDisposed(_isDisposed, typeof(SourcePartition<T>));
}
