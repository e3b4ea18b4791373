namespace Rx.Connectors.Flows;

/// <summary>What of somebody else's a run is in, for those who wonder why it does not come back.</summary>
/// <param name="StepId">The step; null for the recovery store.</param>
/// <param name="Partition">The partition; for a per-item step the source partition whose item it is; null for the recovery store.</param>
/// <param name="What">What it does there.</param>
/// <param name="Number">Which call it is: the same number is the same call.</param>
/// <param name="IsWrite">Whether it is a write, which is waited for.</param>
internal sealed record Doing(string? StepId, string? Partition, string What, int Number, bool IsWrite)
{
    public const string RecoveryStore = "recovery store";
    public const string Building = "building";
    public const string Starting = "starting";
    public const string Subscribing = "subscribing to Available";
    public const string Polling = "polling";
    public const string AskingAwake = "asking for NextAwake";
    public const string Writing = "writing";
    public const string Snapshotting = "taking a snapshot";
    public const string Flushing = "flushing";
    public const string Committing = "taking note of a commit";

    public const string Storing = "committing an epoch";

    public string Name => StepId is null ? RecoveryStore : $"{StepId}/{Partition}";
}

/// <summary>A partition in a worker.</summary>
internal interface IPartitionRunner
{
    string StepId { get; }

    string Partition { get; }
}
