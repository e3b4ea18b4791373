using Rx.Connectors.Recovery;

namespace Rx.Connectors.Flows;

/// <summary>The recovery store's side of a run.</summary>
internal sealed class RunStore
{
    private volatile PositionLog? _log;
    private volatile ResumeReport? _resume;
    private volatile Task _opening = Task.CompletedTask;

    /// <summary>What is stored, once it is open; null without a store.</summary>
    public PositionLog? Log => _log;

    /// <summary>From where the run resumes; null without a store, and until it is open.</summary>
    public ResumeReport? Resume => _resume;

    /// <summary>The opening, as soon as it has begun; after it <see cref="Log"/> is set, unless it has failed.</summary>
    public Task Opening
    {
        get => _opening;
        set => _opening = value;
    }

    /// <summary>The last epoch that was committed, over all runs.</summary>
    public long Epoch => _log?.Epoch ?? 0;

    public void Open(PositionLog log, ResumeReport resume)
    {
        _resume = resume;
        _log = log;
    }
}
