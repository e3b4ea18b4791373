using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// Sees to it that a run that is to end does so, although somebody does not come back: a poll, a step, a flush, a commit. Writes are
/// waited for (F4); how long one may take is the sink's to say.
/// </summary>
/// <param name="run">Its times.</param>
/// <param name="control">Ends it.</param>
/// <param name="workers">What the workers are in.</param>
/// <param name="commit">What the commit is in.</param>
internal sealed class StopGuard(RunTerms run, RunControl control, Func<IEnumerable<Doing?>> workers, Func<Doing?> commit)
{
    // A short time to close is no reason to give up a commit.
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(2);

    private readonly SerialDisposable _timer = new();
    private int _isOn;

    private TimeSpan Patience => run.Options.RestartCloseTimeout < _least ? _least : run.Options.RestartCloseTimeout;

    /// <summary>Begins, unless it has. In virtual time no worker's thread can be watched, but a commit that takes its time can.</summary>
    public void Begin()
    {
        if (!control.HasEnded && !(run.Clock.IsVirtual() && commit() is null) && Interlocked.Exchange(ref _isOn, 1) == 0)
        {
            var before = Calls();
            _timer.Disposable = run.Background.Schedule(Patience, () => Look(before));
        }
    }

    public void End() => _timer.Dispose();

    private void Look(HashSet<Doing> before)
    {
        Volatile.Write(ref _isOn, 0);
        if (control.HasEnded)
        {
            return;
        }

        if (Calls().FirstOrDefault(before.Contains) is { } stuck)
        {
            control.Fail(new FlowException(
                run.Flow, stuck.StepId, stuck.Partition,
                $"the run was to end, and {(stuck.StepId is null ? "the recovery store" : "it")} has not come back from {stuck.What} for {Patience}, " +
                "which FlowOptions.CloseTimeout sets; it is left behind", stuck.StepId is null ? "F3" : "F4"));
            return;
        }

        Begin();
    }

    // What is still the same call when the time is over is stuck.
    private HashSet<Doing> Calls() => [.. workers().Append(commit()).OfType<Doing>().Where(static one => !one.IsWrite)];
}
