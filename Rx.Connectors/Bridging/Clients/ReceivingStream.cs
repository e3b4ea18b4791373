namespace Rx.Connectors.Bridging;

/// <summary>
/// The items that a client receives one by one, as a stream that can be closed while a receive hangs: an iterator cannot, since it is not
/// to be disposed before its <c>MoveNextAsync</c> has ended.
/// </summary>
internal sealed class ReceivingStream<TClient, T>(
    Func<CancellationToken, Task<TClient>> open, Func<TClient, CancellationToken, Task<T>> receive, Func<TClient, Task>? close)
    : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Receiver(open, receive, close, cancellationToken);

    private sealed class Receiver(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, CancellationToken, Task<T>> receive, Func<TClient, Task>? close,
        CancellationToken cancellation) : IAsyncEnumerator<T>
    {
        private Task<TClient>? _opening;

        public T Current { get; private set; } = default!;

        public async ValueTask<bool> MoveNextAsync()
        {
            cancellation.ThrowIfCancellationRequested();
            _opening ??= open(cancellation) ?? throw new InvalidOperationException($"The open of {nameof(Bridge.Receive)} returned null instead of a task.");
            var client = await UntilCancelled(_opening).ConfigureAwait(false);
            var received = receive(client, cancellation) ??
                throw new InvalidOperationException($"The receive of {nameof(Bridge.Receive)} returned null instead of a task.");
            Current = await UntilCancelled(received).ConfigureAwait(false);
            return true;
        }

        public async ValueTask DisposeAsync()
        {
            var opening = Interlocked.Exchange(ref _opening, null);
            if (opening is null or { IsFaulted: true } or { IsCanceled: true })
            {
                return;
            }

            if (opening.IsCompleted)
            {
                await Closing.Of(await opening.ConfigureAwait(false), close).ConfigureAwait(false);
            }
            else
            {
                _ = CloseLateAsync(opening);
            }
        }

        private async ValueTask<TResult> UntilCancelled<TResult>(Task<TResult> task)
        {
            try
            {
                return await task.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // It goes on, and nobody waits for it: what it fails with is nobody's.
                _ = task.ContinueWith(
                    static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw;
            }
        }

        private async Task CloseLateAsync(Task<TClient> opening)
        {
            try
            {
                await Closing.Of(await opening.ConfigureAwait(false), close).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // It was given up before it was open. Nobody waits for it.
            }
        }
    }
}
