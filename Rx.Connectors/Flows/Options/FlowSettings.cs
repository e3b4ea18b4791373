using System.Reactive.Concurrency;
using Rx.Connectors.Recovery;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>Checked options.</summary>
internal sealed record FlowSettings(
    IScheduler? Scheduler,
    int Workers,
    int ExchangeCapacity,
    RecoverySettings? Recovery,
    TimeSpan EpochInterval,
    long MaxEpochItems,
    TimeSpan ListTimeout,
    TimeSpan CloseTimeout,
    TimeSpan ProgressInterval)
{
    private static readonly TimeSpan _aDay = TimeSpan.FromDays(1);

    /// <summary>How long to wait for a partition that has failed to close, before it is built again.</summary>
    public TimeSpan RestartCloseTimeout => CloseTimeout < _aDay ? CloseTimeout : _aDay;

    public static FlowSettings Check(FlowOptions? options)
    {
        options ??= new FlowOptions();
        RefuseInPlace(options);
        Refuse(options.Workers is < 1 or > FlowOptions.MostWorkers, nameof(options.Workers), options.Workers,
            $"from 1 to {FlowOptions.MostWorkers}");
        Refuse(options.ExchangeCapacity < 1, nameof(options.ExchangeCapacity), options.ExchangeCapacity, "1 or more");
        Refuse(options.EpochInterval < TimeSpan.Zero, nameof(options.EpochInterval), options.EpochInterval, "zero or more");
        Refuse(options.MaxEpochItems < 1, nameof(options.MaxEpochItems), options.MaxEpochItems, "1 or more, or null");
        Refuse(options.ListTimeout <= TimeSpan.Zero || options.ListTimeout > _aDay, nameof(options.ListTimeout), options.ListTimeout,
            "more than zero and at most 1 day");
        Refuse(options.CloseTimeout < TimeSpan.Zero, nameof(options.CloseTimeout), options.CloseTimeout, "zero or more");
        Refuse(options.ProgressInterval <= TimeSpan.Zero, nameof(options.ProgressInterval), options.ProgressInterval, "more than zero");
        return new FlowSettings(
            options.Scheduler, options.Workers, options.ExchangeCapacity, RecoverySettings.Check(options.Recovery),
            options.EpochInterval, options.MaxEpochItems ?? long.MaxValue, options.ListTimeout, options.CloseTimeout,
            options.ProgressInterval);
    }

    private static void RefuseInPlace(FlowOptions options)
    {
        if (options.Scheduler?.RunsInPlace() == true)
        {
            throw new ArgumentException(
                $"FlowOptions.Scheduler must not be a scheduler that holds whoever schedules, as {TypeName.Of(options.Scheduler.GetType())} does: the flow " +
                "would wait for itself. Leave it null for a thread for each worker, or give an EventLoopScheduler; in a test, a virtual-time scheduler.",
                $"options.{nameof(options.Scheduler)}");
        }
    }

    private static void Refuse(bool wrong, string option, object? value, string allowed)
    {
        if (wrong)
        {
            throw new ArgumentOutOfRangeException($"options.{option}", value, $"{nameof(FlowOptions)}.{option} must be {allowed}.");
        }
    }
}
