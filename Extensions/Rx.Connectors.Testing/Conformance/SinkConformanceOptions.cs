namespace Rx.Connectors.Testing;

/// <summary>What is known of a sink that is checked.</summary>
public sealed class SinkConformanceOptions
{
    /// <summary>The most writes in flight at a time (rule K2).</summary>
    /// <value>At least 1. Default: 1, which also asks for the items' order.</value>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>When a write that never completes must have ended (rule K4).</summary>
    /// <value>More than zero. Default, null: at some time.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether to use the real clock, for a client that does real input and output.</summary>
    /// <value>Default: false, virtual time. Where work is seen to leave it, the checks begin anew on the real clock.</value>
    public bool OnRealClock { get; init; }

    /// <summary>How long, in real time, a call may take before it counts as blocked.</summary>
    /// <value>More than zero. Default: 10 s.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    internal SinkConformanceOptions Checked()
    {
        Require(MaxConcurrency >= 1, nameof(MaxConcurrency), MaxConcurrency, "at least 1");
        Require(Timeout is null || Timeout > TimeSpan.Zero, nameof(Timeout), Timeout, "more than zero, or null");
        Require(Patience > TimeSpan.Zero, nameof(Patience), Patience, "more than zero");
        return this;
    }

    private static void Require(bool isAllowed, string option, object? value, string allowed)
    {
        if (!isAllowed)
        {
            throw new ArgumentOutOfRangeException(
                $"options.{option}", value, $"{nameof(SinkConformanceOptions)}.{option} must be {allowed}.");
        }
    }
}
