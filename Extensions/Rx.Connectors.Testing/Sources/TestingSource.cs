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
    /// <summary>The default of <see cref="MaxBatchSize"/>: 1.</summary>
    public const int DefaultMaxBatchSize = 1;

    /// <summary>The key of the one partition.</summary>
    public const string Partition = "iterable";

    private readonly TestingItem<T>[] _items;
    private readonly HashSet<int> _aborted = [];
    private readonly int _batchSize = DefaultMaxBatchSize;

    /// <summary>Makes the source.</summary>
    /// <param name="items">What it gives, in order. Items and sentinels convert by themselves.</param>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public TestingSource(params IEnumerable<TestingItem<T>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = [.. items];
    }

    /// <summary>How many items a batch has; a sentinel ends it sooner.</summary>
    /// <value>1 or more. Default: <see cref="DefaultMaxBatchSize"/>.</value>
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
    /// <returns><see cref="Partition"/> alone.</returns>
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

        if (resumeState.TryGetValue(out var position) && (position < 0 || position > _items.Length))
        {
            throw new InvalidDataException($"The position is {position}, and the source has {_items.Length} items and sentinels.");
        }

        return new TestingPartition<T>(_items, _batchSize, resumeState, AbortsNow);
    }

    private bool AbortsNow(int position)
    {
        lock (_aborted)
        {
            return _aborted.Add(position);
        }
    }
}
