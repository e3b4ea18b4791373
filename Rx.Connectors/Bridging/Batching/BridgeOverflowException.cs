namespace Rx.Connectors.Bridging;

/// <summary>An observable that cannot be paused sent more than a bridge may hold, and its overflow policy is to fail.</summary>
public sealed class BridgeOverflowException : InvalidOperationException, IBreaksRule
{
    internal BridgeOverflowException(int capacity)
        : base($"The source sent an item while {capacity} were waiting, which is the bridge's {nameof(BridgeOptions.Capacity)} " +
               $"(rule S6). Poll more often, raise {nameof(BridgeOptions.Capacity)}, or choose another " +
               $"{nameof(BridgeOptions.Overflow)} policy than {nameof(OverflowPolicy.Fail)}.") =>
        Capacity = capacity;

    /// <summary>How many items the bridge may hold.</summary>
    public int Capacity { get; }

    string IBreaksRule.Rule => "S6";
}
