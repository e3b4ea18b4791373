using System.Reactive.Concurrency;
using Rx.Connectors.Sources;
using Rx.Connectors.Testing;

namespace Rx.Connectors.Tests.Infrastructure;

/// <summary>A batch and the virtual time at which a poll gave it.</summary>
internal sealed record TimedBatch<T>(long At, IReadOnlyList<T> Items)
{
    public override string ToString() => $"{At}: [{string.Join(' ', Items)}]";

    public bool Equals(TimedBatch<T>? other) => other is not null && At == other.At && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => HashCode.Combine(At, Items.Count);
}

/// <summary>
/// Polls a partition as the contract asks and no more often: when its time has come, and after a signal. It takes no part in
/// the library's own worker, so that the contract is tested and not the worker.
/// </summary>
internal sealed class PollHost<T> : IDisposable
{
    private readonly SourcePartition<T> _partition;
    private readonly VirtualScheduler _clock;
    private readonly long _delay;
    private readonly IDisposable? _signals;
    private IDisposable? _timer;

    /// <param name="partition">The partition, not started.</param>
    /// <param name="clock">The clock, standing where polling begins.</param>
    /// <param name="lateBy">How much later than asked for it polls.</param>
    public PollHost(SourcePartition<T> partition, VirtualScheduler clock, long lateBy = 0)
    {
        _partition = partition;
        _clock = clock;
        _delay = lateBy;
        partition.Start(clock);
        PollAt(partition.NextAwake?.UtcTicks ?? clock.Clock);
        _signals = partition.Available?.Subscribe(_ => PollAt(clock.Clock));
    }

    public List<TimedBatch<T>> Batches { get; } = [];

    public IEnumerable<T> Items => Batches.SelectMany(batch => batch.Items);

    public int Polls { get; private set; }

    public bool IsComplete { get; private set; }

    public Exception? Error { get; private set; }

    public long EndedAt { get; private set; }

    public void Poll()
    {
        if (IsComplete || Error is not null)
        {
            return;
        }

        Polls++;
        try
        {
            if (_partition.NextBatch() is not { } batch)
            {
                IsComplete = true;
                EndedAt = _clock.Clock;
                return;
            }

            if (batch.Count > 0)
            {
                Batches.Add(new TimedBatch<T>(_clock.Clock, [.. batch]));
            }

            _timer?.Dispose();
            if ((_partition.NextAwake?.UtcTicks ?? (batch.Count > 0 ? _clock.Clock : null)) is { } awake)
            {
                PollAt(awake);
            }
        }
        catch (Exception error)
        {
            Error = error;
            EndedAt = _clock.Clock;
        }
    }

    public void Dispose()
    {
        _signals?.Dispose();
        _timer?.Dispose();
        _partition.Dispose();
    }

    private void PollAt(long time)
    {
        _timer?.Dispose();
        _timer = _clock.ScheduleAbsolute(Math.Max(time, _clock.Clock) + _delay, Poll);
    }
}
