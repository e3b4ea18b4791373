using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// A worker's turns on its scheduler: one at a time, and one scheduled however often it is asked for. Between turns the scheduler is
/// left to others.
/// </summary>
internal sealed class WorkerTurns(IScheduler scheduler, RunControl control, WorkerCalls calls, Action round)
{
    private readonly TaskCompletionSource _last = new();
    private int _isScheduled;
    private int _turns;

    /// <summary>Over when the run has ended and the worker's thread has come back from all that it had begun.</summary>
    public Task Last => _last.Task;

    public void Wake()
    {
        if (!control.HasEnded && Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            try
            {
                scheduler.Schedule(() =>
                {
                    Interlocked.Exchange(ref _isScheduled, 0);
                    Take();
                });
            }
            catch (ObjectDisposedException) when (control.HasEnded)
            {
                // A last signal that met the end of the run.
            }
        }
    }

    /// <summary>The run has ended. From any thread.</summary>
    public void End()
    {
        // A turn that begins after this sees the end, or this sees the turn.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _turns) == 0)
        {
            EndLast();
        }
    }

    private void EndLast() => NoContext.Run(_last, static turn => turn.TrySetResult());

    private void Take()
    {
        // A turn may meet another: in virtual time a sink that waits runs what is due, this too, and a scheduler may have many
        // threads. The one that runs comes first (P4), and is followed by one more for all that it met.
        if (control.HasEnded || Interlocked.Increment(ref _turns) > 1)
        {
            return;
        }

        try
        {
            // Asked again: who ends the run waits for a turn that has begun, not for one that is about to.
            if (!control.HasEnded)
            {
                round();
            }
        }
        catch (Exception error)
        {
            // An exception on the worker's thread would end the process.
            control.Fail(error);
        }

        calls.Leave();
        if (Interlocked.Exchange(ref _turns, 0) > 1)
        {
            Wake();
        }

        if (control.HasEnded)
        {
            EndLast();
        }
    }
}
