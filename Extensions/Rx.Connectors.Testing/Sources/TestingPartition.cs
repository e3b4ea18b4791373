using System.Reactive.Concurrency;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>The partition of a <see cref="TestingSource{T}"/>.</summary>
internal sealed class TestingPartition<T>(
    TestingItem<T>[] items, int batchSize, ResumeState<int> resume, Func<int, bool> abortsNow) : StatefulSourcePartition<T, int>
{
    private IScheduler? _clock;
    private ResumeState<int> _position = resume;
    private DateTimeOffset? _awake;
    private bool _isComplete;
    private volatile bool _isDisposed;

    private int Next => _position.GetValueOrDefault(0);

    public override DateTimeOffset? NextAwake => _awake;

    public override void Start(IScheduler scheduler) => _clock = scheduler;

    public override IReadOnlyList<T>? NextBatch()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isComplete || _clock is null)
        {
            return _isComplete ? null : throw new InvalidOperationException("The partition is polled before it is started.");
        }

        if (_awake is { } awake)
        {
            if (_clock.Now < awake)
            {
                return [];
            }

            // Only now: whoever resumes from within the pause waits it out again.
            _awake = null;
            _position = Next + 1;
        }

        return Next < items.Length && items[Next].Kind == TestingItemKind.Item ? TakeItems() : TakeSentinel();
    }

    public override ResumeState<int> Snapshot()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _position;
    }

    protected override void Dispose(bool disposing) => _isDisposed = true;

    private List<T> TakeItems()
    {
        var batch = new List<T>();
        for (var next = Next; next < items.Length && batch.Count < batchSize && items[next].Kind == TestingItemKind.Item; next++)
        {
            batch.Add(items[next].Value);
        }

        _position = Next + batch.Count;
        return batch;
    }

    private IReadOnlyList<T>? TakeSentinel()
    {
        if (Next == items.Length)
        {
            _isComplete = true;
            return null;
        }

        var sentinel = items[Next];
        switch (sentinel.Kind)
        {
            case TestingItemKind.Pause:
                _awake = _clock!.Now + sentinel.Length;
                return [];
            case TestingItemKind.Abort when abortsNow(Next):
                throw new AbortFlowException($"The testing source aborts at its position {Next}.");
            case TestingItemKind.Abort:
                _position = Next + 1;
                return [];
            default:
                // The last snapshot is taken after it, so that the next run goes on behind it.
                _position = Next + 1;
                _isComplete = true;
                return null;
        }
    }
}
