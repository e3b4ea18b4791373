using System.Reactive;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Flows;

/// <summary>Polls a partition and sends its items into the flow.</summary>
internal abstract class SourceRunner<T>(WorkerContext context, string stepId, string key, IReceiver<T> next)
    : SourceRunner(context, stepId, key)
{
    public override bool IsBuilt => Built is not null;

    public override SourceStatus Status => Built?.Status ?? default;

    public override DateTimeOffset? NextAwake
    {
        get
        {
            Context.Calls.Enter(this, Doing.AskingAwake);
            try
            {
                return Built!.NextAwake;
            }
            catch (Exception error) when (FlowException.IsUnnamed(error))
            {
                throw Failed(error);
            }
        }
    }

    /// <summary>The partition; null before it is built, and between a failure and its being built again.</summary>
    protected abstract SourcePartition<T>? Built { get; }

    protected override IObservable<Unit>? Available => Built!.Available;

    public override void Start()
    {
        Context.Calls.Enter(this, Doing.Starting);
        try
        {
            Built!.Start(Context.Scheduler);
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed(error);
        }
    }

    public override PollOutcome Poll()
    {
        Context.Calls.EnterPoll(this);
        if (NextBatch() is not { } batch)
        {
            return PollOutcome.End;
        }

        var count = Send(batch);
        if (count == 0)
        {
            return Signals.Failure is { } error ? throw Failed(error) : PollOutcome.Nothing;
        }

        // Before they are written: while a write takes long, this is what tells that they came.
        Count(count);
        Context.Lanes.Flush(this);
        Context.Epochs.CountItems(count);
        Context.Metrics.Polled(StepId, Partition, count);
        return PollOutcome.Items;
    }

    protected override IAsyncDisposable? Closeable => Built;

    /// <summary>Names a failure of the partition from which it can be built again.</summary>
    protected override FlowException Failed(Exception error) => FailedForGood(error);

    private FlowException FailedForGood(Exception error) => new(
        Context.Flow, StepId, Partition, $"the source failed after {Items} items{AfterRestarts}", RuleOf(error), error);

    private string AfterRestarts => Restarts == 0 ? "" : $" and {Restarts} restarts";

    private int Send(IReadOnlyList<T> batch)
    {
        // The list is the partition's: what it throws is to be told from what a step does.
        var reading = true;
        try
        {
            var count = batch.Count;
            for (var i = 0; i < count; i++)
            {
                var item = batch[i];
                reading = false;
                next.Receive(item);
                reading = true;
            }

            return count;
        }
        catch (Exception error) when (reading && FlowException.IsUnnamed(error))
        {
            // Its position is past a batch of which a part is lost.
            throw FailedForGood(error);
        }
    }

    private IReadOnlyList<T>? NextBatch()
    {
        try
        {
            return Built!.NextBatch();
        }
        catch (Exception error) when (FlowException.IsUnnamed(error))
        {
            throw Failed(error);
        }
    }

    private static string RuleOf(Exception error) => error switch
    {
        IBreaksRule breach => breach.Rule,
        ObjectDisposedException => "S10",
        _ => "S3",
    };
}

/// <summary>A partition without a position.</summary>
internal sealed class StatelessSourceRunner<T>(
    WorkerContext context, string stepId, string key, IReceiver<T> next, DynamicSource<T> source)
    : SourceRunner<T>(context, stepId, key, next)
{
    private volatile SourcePartition<T>? _partition;

    protected override SourcePartition<T>? Built => _partition;

    protected override void Release() => _partition = null;

    public override void Build()
    {
        Context.Calls.Enter(this, Doing.Building);
        _partition = Context.Build(
            this, () => source.Build(StepId, Context.Index, Context.Run.Options.Workers));
    }
}
