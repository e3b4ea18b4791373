using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Something of somebody else's that a run calls, or waits for, when it ends.</summary>
/// <param name="name">Whose it is: <c>step/partition</c>, mostly.</param>
/// <param name="what">What it does, for people.</param>
/// <param name="call">Begins it.</param>
internal sealed class CallOut(Func<string> name, Func<string> what, Func<Task> call)
{
    private readonly TaskCompletionSource _ended = new();

    public CallOut(string name, string what, Func<Task> call)
        : this(() => name, () => what, call)
    {
    }

    public CallOut(string name, string what, Action call)
        : this(name, what, () =>
        {
            call();
            return Task.CompletedTask;
        })
    {
    }

    public string Name => name();

    public string What => what();

    public Task Ended => _ended.Task;

    /// <summary>Calls. It may block for as long as the client likes, and never throws.</summary>
    public void Make()
    {
        Task task;
        try
        {
            task = call();
        }
        catch (Exception callFailed)
        {
            task = Task.FromException(callFailed);
        }

        _ended.EndWith(task);
        // Who ends last tells whether it went well.
        _ended.Task.Observe();
    }
}
