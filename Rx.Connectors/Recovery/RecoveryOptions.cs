using System.Reactive.Concurrency;
using System.Text.Json;
using Rx.Connectors.Scheduling;

namespace Rx.Connectors.Recovery;

/// <summary>Where a flow keeps its positions, and how. The options are immutable, and are checked when the flow is started.</summary>
public sealed class RecoveryOptions
{
    /// <summary>The store. One store may serve many flows; a flow is known to it by its name.</summary>
    public required IRecoveryStore Store { get; init; }

    /// <summary>What to do where another run of the flow is alive on the store: fence it, or be refused.</summary>
    /// <value>Default: false, so that the start fails with <see cref="ExecutionAliveException"/>.</value>
    public bool TakeOver { get; init; }

    /// <summary>
    /// Lets a source without positions (a <see cref="Sources.DynamicSource{T}"/>) lead to a sink with positions (a
    /// <see cref="Sinks.FixedPartitionedSink{T, TPosition}"/>). After a crash the sink goes back to the last commit and cuts off what was
    /// written since, and the source does not read it again: those items are lost.
    /// </summary>
    /// <value>Default: false, so that such a flow is refused when it is started.</value>
    public bool AllowSourcesWithoutPositions { get; init; }

    /// <summary>How often a commit that failed is tried again before the flow fails. Meanwhile the flow goes on.</summary>
    /// <value>Zero or more. Default: 8, which with the default backoff takes up to a minute. A fence, an
    /// <see cref="ArgumentException"/> and what <see cref="RecoveryStoreException.IsPermanent"/> says are never tried again.</value>
    public int MaxCommitRetryAttempts { get; init; } = 8;

    /// <summary>How long to wait between those attempts, on the flow's clock.</summary>
    /// <value>Default, null: the defaults of <see cref="BackoffOptions"/>.</value>
    public BackoffOptions? CommitBackoff { get; init; }

    /// <summary>How positions become JSON and back.</summary>
    /// <value>
    /// Default, null: those of System.Text.Json, with reflection where the application has it. In a trimmed or natively compiled
    /// application, options whose <see cref="JsonSerializerOptions.TypeInfoResolver"/> is a source-generated context with the
    /// types of your positions; numbers, strings, times and GUIDs need none.
    /// </value>
    public JsonSerializerOptions? Serializer { get; init; }

    /// <summary>
    /// Is told, before anything is built, from where the flow resumes and which stored positions nobody asks for.
    /// </summary>
    /// <value>Default, null: nobody. What it throws ends the flow before it has begun, so that a strict host can refuse.</value>
    public Action<ResumeReport>? OnResume { get; init; }

    internal void Check(string path)
    {
        if (Store is null)
        {
            throw new ArgumentNullException($"{path}.{nameof(Store)}", "RecoveryOptions.Store must be a store.");
        }

        new OptionCheck(nameof(RecoveryOptions), path).Refuse(
            MaxCommitRetryAttempts < 0, nameof(MaxCommitRetryAttempts), MaxCommitRetryAttempts, "zero or more");
        BackoffOptions.Check(CommitBackoff, $"{path}.{nameof(CommitBackoff)}");
    }

    internal Backoff NewBackoff(IScheduler scheduler)
    {
        var options = CommitBackoff ?? new BackoffOptions();
        return new Backoff(options, options.NewRandom(scheduler));
    }
}
