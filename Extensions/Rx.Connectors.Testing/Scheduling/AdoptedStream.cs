namespace Rx.Connectors.Testing;

/// <summary>A stream whose code runs under a context of the clock's, and whose caller need not know.</summary>
internal sealed class AdoptedStream<T>(IAsyncEnumerable<T> client, VirtualScheduler clock, VirtualContext context)
    : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        IAsyncEnumerator<T>? items = null;
        context.Run(_ => items = client.GetAsyncEnumerator(cancellationToken), null);
        return new Enumerator(items!, clock, context);
    }

    private sealed class Enumerator(IAsyncEnumerator<T> items, VirtualScheduler clock, VirtualContext context) : IAsyncEnumerator<T>
    {
        public T Current => items.Current;

        public ValueTask<bool> MoveNextAsync() => Call(items.MoveNextAsync);

        public async ValueTask DisposeAsync() => await Call(async () =>
        {
            await items.DisposeAsync().ConfigureAwait(true);
            return true;
        }).ConfigureAwait(true);

        private ValueTask<bool> Call(Func<ValueTask<bool>> call)
        {
            ValueTask<bool> answer = default;
            context.Run(_ => answer = call(), null);
            if (answer.IsCompleted)
            {
                return answer;
            }

            var told = new TaskCompletionSource<bool>();
            context.Run(_ => { var running = TellAsync(answer, told); }, null);
            return new ValueTask<bool>(told.Task);
        }

        private async Task TellAsync(ValueTask<bool> answer, TaskCompletionSource<bool> told)
        {
            Action tell;
            try
            {
                var more = await answer.ConfigureAwait(true);
                tell = () => told.SetResult(more);
            }
            catch (Exception error)
            {
                tell = () => told.SetException(error);
            }

            // As an action of its own: there the caller's continuation runs in place, since no context is current.
            clock.At(clock.Clock, tell);
        }
    }
}
