using System.Reactive.Concurrency;
using System.Runtime.ExceptionServices;
using System.Text;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Demo;

internal sealed class RandomMetricPartition(
    string metric, TimeSpan interval, long? count, Func<Random, double>? next, int seed, ResumeState<long> resumeState)
    : StatefulSourcePartition<(string Metric, double Value), long>
{
    private readonly ulong _seed = Seed(metric, seed);
    private ResumeState<long> _position = resumeState;
    private IScheduler? _scheduler;
    private PollSchedule? _schedule;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _disposed;

    public override DateTimeOffset? NextAwake => IsOver ? _scheduler?.Now : _schedule?.Next;

    // One that has failed, or has no more values, is to be polled at once, to say so.
    private bool IsOver => _failure is not null || _position.GetValueOrDefault(0) >= count;

    public override void Start(IScheduler scheduler)
    {
        _scheduler = scheduler;
        _schedule = new PollSchedule(interval, null, scheduler);
    }

    public override IReadOnlyList<(string Metric, double Value)>? NextBatch()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _failure?.Throw();
        if (IsOver)
        {
            return null;
        }

        if (_schedule is null)
        {
            Start(DefaultScheduler.Instance);
        }

        if (!_schedule!.IsDue)
        {
            return [];
        }

        var number = _position.GetValueOrDefault(0);
        var value = (metric, Value(number));
        _position = number + 1;
        _schedule.Polled();
        return [value];
    }

    public override ResumeState<long> Snapshot()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _position;
    }

    protected override void Dispose(bool disposing) => _disposed = true;

    // From the name's bytes, not from its hash code, which differs from run to run.
    private static ulong Seed(string metric, int seed) =>
        Encoding.UTF8.GetBytes(metric).Aggregate(Mix((uint)seed), static (mixed, part) => Mix(mixed ^ part));

    // The finalizer of SplitMix64, which spreads every bit of a counter over all of them.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    // Random numbers of its own for each value: a resumed run need not draw all those before it.
    private double Value(long number)
    {
        try
        {
            var random = new Random((int)Mix(_seed + (ulong)number));
            return next?.Invoke(random) ?? random.Next(10);
        }
        catch (Exception failed)
        {
            _failure = ExceptionDispatchInfo.Capture(failed);
            throw;
        }
    }
}
