using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <summary>What a partition with positions is made of: the client alone, or a query over it.</summary>
internal abstract class PositionedPlan<T, TPosition>
{
    /// <summary>Makes a partition.</summary>
    /// <param name="resumeState">Where it resumes.</param>
    /// <param name="settings">Checked options.</param>
    /// <param name="onCommitted">Hears of commits.</param>
    /// <param name="hearsCommits">Whether the client waits for commits, though it is told of them by somebody else.</param>
    public abstract StatefulSourcePartition<T, TPosition> Build(
        ResumeState<TPosition> resumeState, BridgeSettings settings, Action<TPosition>? onCommitted, bool hearsCommits = false);

    public abstract PositionedPlan<TResult, TPosition> Through<TResult>(PositionedQuery<T, TResult, TPosition> query);
}

internal sealed class DirectPlan<T, TPosition>(Feed<Positioned<T, TPosition>> feed) : PositionedPlan<T, TPosition>
{
    public override StatefulSourcePartition<T, TPosition> Build(
        ResumeState<TPosition> resumeState, BridgeSettings settings, Action<TPosition>? onCommitted, bool hearsCommits = false) =>
        new DirectPartition<T, TPosition>(feed, resumeState, settings, onCommitted);

    public override PositionedPlan<TResult, TPosition> Through<TResult>(PositionedQuery<T, TResult, TPosition> query) =>
        new QueriedPlan<T, TResult, TPosition>(feed, query);
}

internal sealed class QueriedPlan<TItem, T, TPosition>(Feed<Positioned<TItem, TPosition>> feed, PositionedQuery<TItem, T, TPosition> query)
    : PositionedPlan<T, TPosition>
{
    public override StatefulSourcePartition<T, TPosition> Build(
        ResumeState<TPosition> resumeState, BridgeSettings settings, Action<TPosition>? onCommitted, bool hearsCommits = false) =>
        new QueriedPartition<T, TPosition>(Queried, resumeState, settings, onCommitted, hearsCommits);

    public override PositionedPlan<TResult, TPosition> Through<TResult>(PositionedQuery<T, TResult, TPosition> next) =>
        new QueriedPlan<TItem, TResult, TPosition>(feed, query.Then(next));

    private QueryFeed<Positioned<TItem, TPosition>, Positioned<TItem, TPosition>, Positioned<T, TPosition>> Queried(QueryPassage passage) => new(
        feed,
        (demand, scheduler, fail) =>
        {
            passage.Demand = demand;
            passage.Fail = fail;
            return new PositionedEntry<TItem, TPosition>(feed, demand, scheduler, fail, passage);
        },
        (source, scheduler, target) => passage.Compose(() => query.Connect(source, scheduler, target)));
}
