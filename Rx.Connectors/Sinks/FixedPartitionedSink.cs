using Rx.Connectors.Sources;

namespace Rx.Connectors.Sinks;

/// <summary>A sink with a known set of partitions. An item goes to the partition that its key chooses, always the same one.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <typeparam name="TPosition">A partition's position.</typeparam>
public abstract class FixedPartitionedSink<T, TPosition>
{
    /// <summary>The keys of the partitions that this worker can write. Called once per run and worker. Override it, or
    /// <see cref="ListPartitionsAsync"/>.</summary>
    /// <returns>Keys that are stable over restarts, since positions are stored under them. They must be unique.</returns>
    public virtual IReadOnlyList<string> ListPartitions() => throw PartitionLists.NotListed(this);

    /// <summary>
    /// As <see cref="ListPartitions"/>, for a client that must be asked, or whose workers see different partitions. This is what a
    /// flow calls; override one of the two. Default: <see cref="ListPartitions"/>.
    /// </summary>
    /// <param name="workerIndex">The worker's number, from 0.</param>
    /// <param name="workerCount">How many workers the flow has.</param>
    /// <param name="cancellationToken">Cancelled when the flow has waited long enough.</param>
    /// <returns>The keys. A key that several workers list is written by one of them.</returns>
    public virtual ValueTask<IReadOnlyList<string>> ListPartitionsAsync(
        int workerIndex, int workerCount, CancellationToken cancellationToken) => new(ListPartitions());

    /// <summary>Builds one partition, at the first write to it, or at the start when it has a stored position.</summary>
    /// <param name="stepId">The step of the flow that writes to this sink.</param>
    /// <param name="partition">One of the keys of <see cref="ListPartitions"/>.</param>
    /// <param name="resumeState">The position of the last committed snapshot, or none.</param>
    /// <returns>A new partition.</returns>
    public abstract StatefulSinkPartition<T, TPosition> BuildPartition(
        string stepId, string partition, ResumeState<TPosition> resumeState);

    /// <summary>
    /// Chooses an item's partition: this number, modulo the number of partitions of the whole flow, counts into their keys
    /// sorted by their UTF-8 bytes. Default: <see cref="Adler32"/>.
    /// </summary>
    /// <param name="key">The item's key.</param>
    /// <returns>A number that depends on the key alone.</returns>
    public virtual uint HashKey(string key) => Adler32(key);

    /// <summary>
    /// The Adler-32 checksum of a key's UTF-8 bytes, unsigned. Bytewax routes with the same function, so a key keeps the partition
    /// that it had there.
    /// </summary>
    /// <param name="key">The key. Unpaired surrogates are hashed as the replacement character.</param>
    /// <returns>The checksum; 1 for an empty key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    /// <remarks>Short keys spread badly: modulo a power of two, only the sum of the bytes counts, so that <c>ab</c> and <c>ba</c>
    /// always share a partition. Override <see cref="HashKey"/> where that matters and no partition has to stay.</remarks>
    protected static uint Adler32(string key) => KeyHash.Adler32(key);
}
