using System.Runtime.CompilerServices;

namespace Rx.Connectors.Stdio;

/// <summary>
/// Reads lines of what cannot be told to stop. A read that is given up goes on; its line is the first of whoever reads next.
/// </summary>
internal sealed class LineReader(Func<TextReader> open)
{
    private readonly Lock _gate = new();
    private TextReader? _reader;
    private Task<string?>? _pending;

    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await NextAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return line;
        }
    }

    private async ValueTask<string?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<string?> pending;
            lock (_gate)
            {
                pending = _pending ??= (_reader ??= open()).ReadLineAsync(CancellationToken.None).AsTask();
            }

            await EndOfAsync(pending, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var line = await ResultOfAsync(pending).ConfigureAwait(false);
            lock (_gate)
            {
                // Otherwise another source was quicker, and has this line.
                if (_pending == pending)
                {
                    // The end stays the end.
                    _pending = line is null ? pending : null;
                    return line;
                }
            }
        }
    }

    private async ValueTask<string?> ResultOfAsync(Task<string?> pending)
    {
        try
        {
            return await pending.ConfigureAwait(false);
        }
        catch (Exception)
        {
            lock (_gate)
            {
                _pending = _pending == pending ? null : _pending;
            }

            throw;
        }
    }

    private static async ValueTask EndOfAsync(Task pending, CancellationToken cancellationToken)
    {
        if (!pending.IsCompleted)
        {
            var cancelled = new TaskCompletionSource();
            using var registration = cancellationToken.UnsafeRegister(
                static cancelled => ((TaskCompletionSource)cancelled!).TrySetResult(), cancelled);
            await Task.WhenAny(pending, cancelled.Task).ConfigureAwait(false);
        }
    }
}
