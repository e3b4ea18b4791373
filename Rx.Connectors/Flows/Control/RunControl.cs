using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Ends a run, once. From any thread.</summary>
/// <param name="clock">Where callbacks of what is cancelled run, in virtual time.</param>
/// <param name="ended">Is told how, by whoever ends it.</param>
internal sealed class RunControl(IScheduler clock, Action<FlowOutcome, Exception?> ended)
{
    private readonly CancellationTokenSource _aborted = new();
    private int _ended;

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Cancelled when the run ends without a last commit.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>The cancellation of what was under way when the run ended; over when every callback has returned.</summary>
    public Task Cancelling { get; private set; } = Task.CompletedTask;

    /// <summary>The last epoch is over.</summary>
    public void End(FlowOutcome outcome) => End(outcome, null, cancels: false);

    /// <summary>Nothing was polled yet, so that there is nothing to write or to commit.</summary>
    public void GiveUp() => End(FlowOutcome.Stopped, null, cancels: true);

    public void Fail(Exception error) => End(FlowOutcome.Stopped, error, cancels: true);

    public void Abort() => End(FlowOutcome.Aborted, null, cancels: true);

    private void End(FlowOutcome outcome, Exception? error, bool cancels)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        if (cancels)
        {
            Cancelling = _aborted.CancelBeside(clock);
        }

        ended(outcome, error);
    }
}
