namespace Rx.Connectors.Flows;

/// <summary>Those who wait for an epoch to be committed, each with the closing that answers it. From any thread.</summary>
internal sealed class EpochRequests
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Closing, TaskCompletionSource<long> Answer)> _waiting = new();

    /// <returns>The number of the last epoch that is then committed.</returns>
    public Task<long> Add(long closing)
    {
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue((closing, answer));
        }

        return answer.Task;
    }

    /// <summary>A closing is committed.</summary>
    public void Answer(long closing, long epoch)
    {
        foreach (var answer in Take(closing))
        {
            answer.TrySetResult(epoch);
        }
    }

    /// <summary>Nobody waits any more for what will not come.</summary>
    public void Abandon(Func<Exception> why)
    {
        foreach (var answer in Take(long.MaxValue))
        {
            answer.TrySetException(why());
            // Whoever asked may have stopped waiting.
            _ = answer.Task.Exception;
        }
    }

    private List<TaskCompletionSource<long>> Take(long closing)
    {
        var taken = new List<TaskCompletionSource<long>>();
        lock (_gate)
        {
            while (_waiting.TryPeek(out var next) && next.Closing <= closing)
            {
                taken.Add(_waiting.Dequeue().Answer);
            }
        }

        return taken;
    }
}
