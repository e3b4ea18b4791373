using System.Reactive.Concurrency;

namespace Rx.Connectors.Flows;

/// <summary>Checked options.</summary>
internal sealed record FlowSettings(IScheduler? Scheduler, TimeSpan CloseTimeout, TimeSpan ProgressInterval)
{
    public static FlowSettings Check(FlowOptions? options)
    {
        options ??= new FlowOptions();
        if (options.CloseTimeout < TimeSpan.Zero)
        {
            throw Refused(nameof(options.CloseTimeout), options.CloseTimeout, "zero or more");
        }

        if (options.ProgressInterval <= TimeSpan.Zero)
        {
            throw Refused(nameof(options.ProgressInterval), options.ProgressInterval, "more than zero");
        }

        return new FlowSettings(options.Scheduler, options.CloseTimeout, options.ProgressInterval);
    }

    private static ArgumentOutOfRangeException Refused(string option, object? value, string allowed) =>
        new($"options.{option}", value, $"{nameof(FlowOptions)}.{option} must be {allowed}.");
}
