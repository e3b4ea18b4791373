using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Tests.Kit.Conformance;

/// <summary>A sink written by hand that keeps every rule but one of K1 to K6.</summary>
internal sealed class BrokenSink(Func<int, CancellationToken, Task> write, IScheduler clock, string? breaks)
    : StatelessSinkPartition<int>
{
    private readonly ISchedulerWait _wait = (ISchedulerWait)((IServiceProvider)clock).GetService(typeof(ISchedulerWait))!;

    private enum State
    {
        NotTried,
        Confirmed,
        Failed,
    }

    // The client's continuations must not go to a context whose thread waits here.
    public override void WriteBatch(IReadOnlyList<int> items)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(breaks == "K6" ? outer : null);
        try
        {
            Write(items);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private void Write(IReadOnlyList<int> items)
    {
        var states = new State[items.Count];
        var error = Try(items, states);
        if (error is not null and not TimeoutException)
        {
            _wait.RunUntil(() => false, clock.Now.AddMilliseconds(5), "The pause before a retry");
            if (breaks == "K5")
            {
                Array.Fill(states, State.NotTried);
            }

            error = Try(items, states);
        }

        if (error is not null)
        {
            var confirmed = Indices(states, State.Confirmed);
            throw new SinkWriteException(
                breaks == "K3" ? [] : confirmed, [.. Indices(states, State.Failed).Select(index => new FailedWrite(index, error))],
                Indices(states, State.NotTried));
        }
    }

    private static int[] Indices(State[] states, State state) =>
        [.. Enumerable.Range(0, states.Length).Where(index => states[index] == state)];

    private Exception? Try(IReadOnlyList<int> items, State[] states)
    {
        using var stop = new CancellationTokenSource();
        var begun = items.Select((item, index) =>
            breaks == "K2" && states[index] != State.Confirmed ? write(item, stop.Token) : null).ToArray();
        Exception? error = null;
        for (var i = 0; i < items.Count && (error is null || breaks == "K2"); i++)
        {
            if (states[i] == State.Confirmed)
            {
                continue;
            }

            var task = begun[i] ?? write(items[i], stop.Token);
            if (breaks == "K1" && i == items.Count - 1)
            {
                return null;
            }

            states[i] = State.Failed;
            if (!_wait.RunUntil(() => task.IsCompleted, breaks == "K4" ? null : clock.Now.AddSeconds(1), "A write"))
            {
                stop.Cancel();
                error ??= new TimeoutException("The write did not end.");
            }
            else if (task.IsCompletedSuccessfully)
            {
                states[i] = State.Confirmed;
            }
            else
            {
                error ??= task.Exception!.InnerException!;
            }
        }

        return error;
    }
}

/// <summary>A sink that writes to a list and keeps every rule, or breaks one of those that its destination shows.</summary>
internal sealed class ListSink : StatefulSinkPartition<int, int>
{
    private readonly List<int> _list;
    private readonly string? _breaks;

    public ListSink(List<int> list, ResumeState<int> resume, string? breaks)
    {
        (_list, _breaks) = (list, breaks);
        if (resume.TryGetValue(out var count) && breaks != "K7")
        {
            list.RemoveRange(count, list.Count - count);
        }
    }

    public override void WriteBatch(IReadOnlyList<int> items)
    {
        _list.AddRange(_breaks == "K1" ? items.Skip(1) : _breaks == "K2" ? items.Reverse() : items);
    }

    public override ResumeState<int> Snapshot() => _list.Count;
}
