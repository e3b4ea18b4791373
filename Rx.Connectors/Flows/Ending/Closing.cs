using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.Connectors.Flows;

/// <summary>Closes every partition and the store of a run that has ended, and waits for them for a limited time.</summary>
internal sealed class Closing(RunContext run)
{
    private readonly SingleAssignmentDisposable _timer = new();
    private (string Name, Task Closed)[] _all = [];
    private Action<IReadOnlyList<string>>? _done;

    /// <summary>Closes a partition; what goes wrong is the task's.</summary>
    public static Task Close(ISinkRunner sink)
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

    public void Begin(Action<IReadOnlyList<string>> done)
    {
        _done = done;
        _all =
        [
            .. run.Workers.SelectMany(static worker => worker.Sources)
                .Select(static one => ($"{one.StepId}/{one.Partition}", one.Close())),
            .. run.AllSinks.Select(static one => ($"{one.StepId}/{one.Partition}", Close(one))),
            ("recovery store", CloseLogAsync()),
        ];
        var all = Task.WhenAll(_all.Select(static one => one.Closed));
        if (all.IsCompleted)
        {
            Done();
            return;
        }

        _timer.Disposable = run.Background.Schedule(run.Settings.CloseTimeout, Done);
        all.ConfigureAwait(false).GetAwaiter().OnCompleted(Done);
    }

    private async Task CloseLogAsync()
    {
        try
        {
            await run.Loading.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // There is nothing to close, and the run says why.
        }

        if (run.Log is { } log)
        {
            // The store does one thing at a time.
            await run.Epochs.LastCommit.ConfigureAwait(false);
            await log.CloseAsync().ConfigureAwait(false);
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
