using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// When a source partition that has failed is built again, from just after the last item that it handed out, instead of ending
/// the flow. Within the run no item is lost or repeated.
/// </summary>
/// <remarks>Immutable, read once when the input is added to the flow.</remarks>
public sealed class RestartOptions
{
    /// <summary>The default of <see cref="MaxRestarts"/>: 10.</summary>
    public const int DefaultMaxRestarts = 10;

    /// <summary>Tells which failures pass by themselves. It is given what the partition threw, on the worker's thread.</summary>
    /// <value>Default, null: every failure but one that breaks a rule, such as an overflow (S6) or reordering (S12).
    /// <see cref="AbortFlowException"/> is never one.</value>
    public Func<Exception, bool>? IsTransient { get; init; }

    /// <summary>How many restarts in a row there may be without an item in between; then the flow fails.</summary>
    /// <value>1 or more. Default: <see cref="DefaultMaxRestarts"/>.</value>
    public int MaxRestarts { get; init; } = DefaultMaxRestarts;

    /// <summary>How long to wait before each, on the flow's clock.</summary>
    /// <value>Default, null: the defaults of <see cref="BackoffOptions"/>.</value>
    public BackoffOptions? Backoff { get; init; }
}
