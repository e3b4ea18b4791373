using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Connectors.Bridging;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Acknowledging;

/// <summary>A bridged partition over one consumer, which hears what is committed.</summary>
internal sealed class AcknowledgingPartition<T, TDelivery>
    : StatefulSourcePartition<T, long>, IAsyncEnumerable<Positioned<TDelivery, long>>, IGivesBack
{
    private readonly Lock _gate = new();
    private readonly AsyncSubject<Unit> _ackFailed = new();
    private readonly StatefulSourcePartition<T, long> _bridged;
    private readonly Func<IScheduler, ConsumerSession<TDelivery>> _begin;
    private readonly IScheduler? _ownScheduler;
    private ConsumerSession<TDelivery>? _session;
    private IScheduler? _scheduler;
    private Task? _closed;
    private long _snapshotted;
    private bool _toldAckFailure;

    public AcknowledgingPartition(
        Func<CancellationToken, ValueTask<DeliveryConsumer<TDelivery>>> open,
        Func<PositionedObservable<TDelivery, long>, IObservable<Positioned<T, long>>> query,
        ResumeState<long> resumeState, AcknowledgingSettings settings)
    {
        _snapshotted = resumeState.GetValueOrDefault(0);
        _ownScheduler = settings.Bridge?.Scheduler;
        _begin = scheduler => new ConsumerSession<TDelivery>(open, resumeState.GetValueOrDefault(0), settings, scheduler, SignalAckFailed);
        _bridged = Bridge.From(this).Query(query).ToAcknowledged(resumeState, settings.Bridge);
    }

    public override DateTimeOffset? NextAwake => _bridged.NextAwake;

    // What comes late is told of a failure that was before it.
    public override IObservable<Unit> Available => _bridged.Available!.Merge(_ackFailed);

    public override SourceStatus Status => _bridged.Status;

    bool IGivesBack.Settles => _session?.AckFailure is null;

    long IGivesBack.Settled => _session?.Acknowledged ?? 0;

    public override void Start(IScheduler scheduler)
    {
        lock (_gate)
        {
            TypeName.ThrowIfDisposed(_closed is not null, GetType());
            if (_session is not null)
            {
                return;
            }

            _scheduler = _ownScheduler ?? scheduler;
            _session = _begin(_scheduler);
        }

        _bridged.Start(scheduler);
    }

    public override IReadOnlyList<T>? NextBatch()
    {
        if (_session is null)
        {
            Start(DefaultScheduler.Instance);
        }

        TypeName.ThrowIfDisposed(Volatile.Read(ref _closed) is not null, GetType());
        if (_session!.AckFailure is { } failure)
        {
            _toldAckFailure = true;
            failure.Throw();
        }

        return _bridged.NextBatch();
    }

    public override ResumeState<long> Snapshot()
    {
        var position = _bridged.Snapshot();
        _snapshotted = Math.Max(_snapshotted, position.GetValueOrDefault(0));
        // A delivery that comes again comes whole: it may be another than the one that was cut.
        return position.Rest is { } rest
            ? new ResumeState<long>(position, rest.Memory.Count == 0 ? null : new QueryRest(0, 0, rest.Memory)) : position;
    }

    public override void OnCommitted(long position)
    {
        // Acknowledging what was never snapshotted would lose it.
        if (position > _snapshotted)
        {
            throw new ArgumentOutOfRangeException(
                nameof(position), position, $"It is none of this partition's snapshots, which go up to {_snapshotted} (rule S11).");
        }

        _session?.Commit(position);
    }

    public IAsyncEnumerator<Positioned<TDelivery, long>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        _session!.ReceiveAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        Dispose();
        await _closed!.ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        TaskCompletionSource closed;
        lock (_gate)
        {
            if (_closed is not null)
            {
                return;
            }

            closed = new TaskCompletionSource(_scheduler is { } scheduler && scheduler.IsVirtual()
                ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            _closed = closed.Task;
        }

        // Told to stop at once; what the client has to do for it is done beside whoever disposes.
        _bridged.Dispose();
        if (_session is null)
        {
            closed.SetResult();
        }
        else
        {
            _scheduler!.Background().Schedule(() => _ = CloseAsync(_session, closed));
        }
    }

    private async Task CloseAsync(ConsumerSession<TDelivery> session, TaskCompletionSource closed)
    {
        try
        {
            await session.CloseAsync().ConfigureAwait(false);
            await _bridged.DisposeAsync().ConfigureAwait(false);
            if (!_toldAckFailure)
            {
                // Nobody polls any more, and a run that has ended well is not to hide it.
                session.AckFailure?.Throw();
            }

            closed.SetResult();
        }
        catch (Exception closeFailed)
        {
            closed.SetException(closeFailed);
        }
    }

    private void SignalAckFailed()
    {
        try
        {
            _ackFailed.OnNext(Unit.Default);
            _ackFailed.OnCompleted();
        }
        catch (Exception)
        {
            // The host's own observer; the next poll, or closing, tells of the failure all the same.
        }
    }
}
