using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Flows;

/// <summary>
/// When a source partition that has failed is built again, from just after the last item that it handed out, instead of ending
/// the flow. Within the run no item is lost or repeated.
/// </summary>
/// <remarks>
/// <para>What a source that acknowledges to a broker handed out is committed and acknowledged before it is opened again, so that the
/// broker does not deliver it again. Where an acknowledgement fails it counts as not made.</para>
/// <para>The options are immutable, and are checked when the input is added to the flow.</para>
/// </remarks>
public sealed class RestartOptions
{
    /// <summary>Tells which failures pass by themselves. It is given what the partition threw, on the worker's thread.</summary>
    /// <value>Default, null: every failure but one that breaks a rule, such as an overflow (S6) or reordering (S12); an acknowledgement
    /// that failed is one that passes. <see cref="AbortFlowException"/> is never one.</value>
    public Func<Exception, bool>? ShouldRetry { get; init; }

    /// <summary>How many restarts in a row there may be at one item; then the flow fails.</summary>
    /// <remarks>
    /// A partition that gets further begins a new row: its position has moved, or, where it stays, it fails after another number of
    /// items than the last time. Items that come again are not further. An acknowledging source gets further with each delivery that
    /// is acknowledged.
    /// </remarks>
    /// <value>1 or more. Default: 10.</value>
    public int MaxRetryAttempts { get; init; } = 10;

    /// <summary>How long to wait before each, on the flow's clock.</summary>
    /// <value>Default, null: the defaults of <see cref="BackoffOptions"/>.</value>
    public BackoffOptions? Backoff { get; init; }

    internal void Check(string path)
    {
        new OptionCheck(nameof(RestartOptions), path).Refuse(
            MaxRetryAttempts < 1, nameof(MaxRetryAttempts), MaxRetryAttempts, "1 or more");
        BackoffOptions.Check(Backoff, $"{path}.{nameof(Backoff)}");
    }

    internal bool IsWorthARetry(Exception error) =>
        ShouldRetry is { } should ? should(error) : error is not IBreaksRule { MayPass: false };

    internal Backoff NewBackoff(IScheduler scheduler)
    {
        var options = Backoff ?? new BackoffOptions();
        return new Backoff(options, options.NewRandom(scheduler));
    }
}
