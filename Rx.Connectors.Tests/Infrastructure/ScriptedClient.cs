using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>The kit's scripted client, from steps at times of the clock that may be drawn, and with an enumerator that may fail to be disposed.</summary>
/// <param name="clock">The clock.</param>
/// <param name="steps">What it does; nothing comes after the end or an error.</param>
/// <param name="make">Makes an item of a step's number; null where they are the same.</param>
/// <param name="obeys">Whether a pending read ends when it is cancelled, as it should, or goes on, as bad clients do.</param>
internal sealed class ScriptedClient<T>(IScheduler clock, IEnumerable<Step> steps, Func<int, T>? make = null, bool obeys = true)
    : IAsyncEnumerable<T>
{
    private readonly ScriptedStream<T> _stream = Script(clock, steps, make ?? (static item => Unsafe.BitCast<int, T>(item))).ToStream(clock, obeys);

    public int Delivered => _stream.Delivered.Count;

    public int Moves => _stream.Reads;

    public int Opened => _stream.Opened;

    public int Disposed => _stream.Disposed;

    public bool IsCancelled => _stream.Cancelled > 0;

    public bool Overlapped => _stream.Overlapping > 0;

    public Exception? DisposeError { get; init; }

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var items = _stream.GetAsyncEnumerator(cancellationToken);
        return DisposeError is null ? items : new FailingToClose(items, DisposeError);
    }

    private static ClientScript<T> Script(IScheduler clock, IEnumerable<Step> steps, Func<int, T> make)
    {
        var script = ClientScript.Of<T>();
        var now = clock.Now.UtcTicks;
        // A script is copied by each step that is added: those that come to the same time are added together.
        foreach (var together in steps.GroupBy(step => Math.Max(0, step.At - now)))
        {
            var at = TimeSpan.FromTicks(together.Key);
            script = script.Deliver(at, together.Where(static step => step.Item is not null).Select(step => make(step.Item!.Value)));
            if (together.FirstOrDefault(static step => step.Item is null) is { } last)
            {
                script = last.Error is { } error ? script.Fail(at, error) : script.End(at);
            }
        }

        return script;
    }

    private sealed class FailingToClose(IAsyncEnumerator<T> items, Exception error) : IAsyncEnumerator<T>
    {
        public T Current => items.Current;

        public ValueTask<bool> MoveNextAsync() => items.MoveNextAsync();

        public async ValueTask DisposeAsync()
        {
            await items.DisposeAsync();
            throw error;
        }
    }
}
