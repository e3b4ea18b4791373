using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Flows;

/// <summary>Closes every partition of a run that has ended, and waits for their clients for a limited time.</summary>
internal sealed class Closing(IReadOnlyList<SourceRunner> sources, IReadOnlyList<ISinkRunner> sinks)
{
    private readonly SingleAssignmentDisposable _timer = new();
    private (string Name, Task Closed)[] _all = [];
    private Action<IReadOnlyList<string>>? _done;

    public void Begin(IScheduler scheduler, TimeSpan timeout, Action<IReadOnlyList<string>> done)
    {
        _done = done;
        _all =
        [
            .. sources.Select(static one => ($"{one.StepId}/{one.Partition}", one.Close())),
            .. sinks.Select(static one => ($"{one.StepId}/{one.Partition}", Close(one))),
        ];
        var all = Task.WhenAll(_all.Select(static one => one.Closed));
        if (all.IsCompleted)
        {
            Done();
            return;
        }

        _timer.Disposable = scheduler.Schedule(timeout, Done);
        all.ConfigureAwait(false).GetAwaiter().OnCompleted(Done);
    }

    private static Task Close(ISinkRunner sink)
    {
        try
        {
            return sink.CloseAsync().AsTask();
        }
        catch (Exception closeFailed)
        {
            // One that cannot be closed must not keep the others open.
            return Task.FromException(closeFailed);
        }
    }

    private void Done()
    {
        if (Interlocked.Exchange(ref _done, null) is { } done)
        {
            _timer.Dispose();
            done([.. _all.Where(static one => !one.Closed.IsCompletedSuccessfully).Select(static one => one.Name)]);
        }
    }
}
