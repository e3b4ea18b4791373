using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>The partition of a <see cref="TestingSource{T}"/>.</summary>
internal sealed class TestingPartition<T>(
    TestingItems<T> items, int batchSize, ResumeState<int> resume, Func<int, bool> abortsNow) : StatefulSourcePartition<T, int>
{
    private IScheduler? _clock;
    private ResumeState<int> _position = resume;
    private DateTimeOffset? _awake;
    private ExceptionDispatchInfo? _failure;
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
            Pass();
        }

        _failure?.Throw();
        var batch = new List<T>();
        try
        {
            return TakeItems(batch) ? batch : TakeSentinel();
        }
        catch (Exception error) when (error is not AbortFlowException)
        {
            // A sequence that has thrown looks complete when it is asked again.
            _failure = ExceptionDispatchInfo.Capture(error);
            if (batch.Count > 0)
            {
                return batch;
            }

            throw;
        }
    }

    public override ResumeState<int> Snapshot()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _position;
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            items.Dispose();
        }
    }

    private void Pass()
    {
        items.Pass();
        _position = Next + 1;
    }

    private bool TakeItems(List<T> batch)
    {
        while (batch.Count < batchSize && items.TryPeek(out var next) && next.Kind == TestingItemKind.Item)
        {
            batch.Add(next.Value);
            Pass();
        }

        return batch.Count > 0;
    }

    private IReadOnlyList<T>? TakeSentinel()
    {
        if (!items.TryPeek(out var sentinel))
        {
            _isComplete = true;
            return null;
        }

        switch (sentinel.Kind)
        {
            case TestingItemKind.Pause:
                _awake = _clock!.Now + sentinel.Length;
                return [];
            case TestingItemKind.Abort when abortsNow(Next):
                throw new AbortFlowException($"The testing source aborts at its position {Next}.");
            case TestingItemKind.Abort:
                Pass();
                return [];
            default:
                // The last snapshot is taken after it, so that the next run goes on behind it.
                Pass();
                _isComplete = true;
                return null;
        }
    }
}
