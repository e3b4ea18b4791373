using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Bridging;

/// <summary>Checked options, and the one place where their defaults depend on each other.</summary>
internal sealed class BridgeSettings
{
    private static readonly TimeSpan _longestStop = TimeSpan.FromDays(1);

    private BridgeSettings(BridgeOptions options, int capacity)
    {
        MaxBatchSize = options.MaxBatchSize;
        MaxBatchDelay = options.MaxBatchDelay;
        Capacity = capacity;
        Overflow = options.Overflow;
        Scheduler = options.Scheduler;
        StopTimeout = options.StopTimeout;
    }

    public int MaxBatchSize { get; }

    public TimeSpan MaxBatchDelay { get; }

    public int Capacity { get; }

    public OverflowPolicy Overflow { get; }

    public IScheduler? Scheduler { get; }

    public TimeSpan StopTimeout { get; }

    public static BridgeSettings Check(BridgeOptions? options)
    {
        options ??= new BridgeOptions();
        var check = new OptionCheck(nameof(BridgeOptions), nameof(options));
        check.Refuse(options.MaxBatchSize < 1, nameof(options.MaxBatchSize), options.MaxBatchSize, "at least 1");
        check.Refuse(
            options.MaxBatchDelay < TimeSpan.Zero && options.MaxBatchDelay != Timeout.InfiniteTimeSpan, nameof(options.MaxBatchDelay),
            options.MaxBatchDelay, "zero, more, or Timeout.InfiniteTimeSpan");
        check.Refuse(
            options.Capacity < options.MaxBatchSize, nameof(options.Capacity), options.Capacity,
            $"at least MaxBatchSize, which is {options.MaxBatchSize}");
        check.Refuse(
            !Enum.IsDefined(options.Overflow), nameof(options.Overflow), options.Overflow,
            $"one of {string.Join(", ", Enum.GetNames<OverflowPolicy>())}");
        check.Refuse(
            (options.StopTimeout < TimeSpan.Zero || options.StopTimeout > _longestStop) && options.StopTimeout != Timeout.InfiniteTimeSpan,
            nameof(options.StopTimeout), options.StopTimeout, "from zero to a day, or Timeout.InfiniteTimeSpan");
        if (options.Scheduler?.RunsInPlace() == true)
        {
            throw new ArgumentException(
                $"BridgeOptions.Scheduler must not be a scheduler that holds whoever schedules, as {TypeName.Of(options.Scheduler.GetType())} does: a " +
                "timer would hold up the poll. Leave it null for the host's, or give one with a thread of its own.",
                $"options.{nameof(options.Scheduler)}");
        }

        var twice = (int)Math.Min(2L * options.MaxBatchSize, Array.MaxLength);
        return new BridgeSettings(options, options.Capacity ?? Math.Max(twice, BridgeOptions.DefaultLeastCapacity));
    }
}
