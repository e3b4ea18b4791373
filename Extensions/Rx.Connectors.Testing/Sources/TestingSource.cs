using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>
/// A source of what a test gives it, in one partition, <c>"iterable"</c>: <c>new TestingSource&lt;int&gt;(1, 2, TestingItem.Eof, 3)</c>.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>
/// <para>Its position is how many items and sentinels it has passed, so that a run goes on just after where the last one was
/// committed: after an <see cref="TestingItem.Eof"/> with what follows it.</para>
/// <para>One object serves any number of runs, one after the other.</para>
/// </remarks>
public sealed class TestingSource<T> : FixedPartitionedSource<T, int>
{
    private const string Partition = "iterable";

    private readonly IEnumerable<TestingItem<T>> _items;
    private readonly HashSet<int> _aborted = [];
    private readonly int _batchSize = 1;

    /// <summary>Makes the source.</summary>
    /// <param name="items">
    /// What it gives, in order. Items and sentinels convert by themselves. The sequence is read only as far as it is polled, so it
    /// may be endless; it is read anew from its beginning by each run, and must then give the same.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public TestingSource(params IEnumerable<TestingItem<T>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = items;
    }

    /// <summary>How many items a batch has; a sentinel ends it sooner.</summary>
    /// <value>1 or more. Default: 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int MaxBatchSize
    {
        get => _batchSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxBatchSize));
            _batchSize = value;
        }
    }

    /// <summary>The key of the one partition.</summary>
    /// <returns><c>"iterable"</c> alone.</returns>
    public override IReadOnlyList<string> ListPartitions() => [Partition];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="partition"/> is another key.</exception>
    /// <exception cref="InvalidDataException">The position is none of this source's.</exception>
    public override StatefulSourcePartition<T, int> BuildPartition(string stepId, string partition, ResumeState<int> resumeState)
    {
        if (partition != Partition)
        {
            throw new ArgumentException($"There is no partition \"{partition}\"; the only one is \"{Partition}\".", nameof(partition));
        }

        var items = new TestingItems<T>(_items);
        if (resumeState.TryGetValue(out var position) && items.Skip(position) is var passed && passed != position)
        {
            items.Dispose();
            throw new InvalidDataException($"The position is {position}, and the source has {passed} items and sentinels.");
        }

        return new TestingPartition<T>(items, _batchSize, resumeState, AbortsNow);
    }

    private bool AbortsNow(int position)
    {
        lock (_aborted)
        {
            return _aborted.Add(position);
        }
    }
}
