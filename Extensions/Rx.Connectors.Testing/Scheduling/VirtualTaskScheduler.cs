using System.Reactive.Concurrency;

namespace Rx.Connectors.Testing;

/// <summary>Tasks as actions of a virtual clock, due now.</summary>
internal sealed class VirtualTaskScheduler(VirtualScheduler clock) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task) => clock.Schedule(() => TryExecuteTask(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Current == this && TryExecuteTask(task);

    // For a debugger, which can do without.
    protected override IEnumerable<Task>? GetScheduledTasks() => [];
}
