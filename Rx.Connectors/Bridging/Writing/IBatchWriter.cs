namespace Rx.Connectors.Bridging;

/// <summary>How a batch is divided into writes. It serves one batch at a time, from Open to Close.</summary>
internal interface IBatchWriter<in T>
{
    /// <summary>How many items each write is of.</summary>
    int ItemsPerWrite { get; }

    /// <summary>Who waits, for messages.</summary>
    string Waiter { get; }

    /// <summary>Takes a batch.</summary>
    /// <returns>How many writes it takes.</returns>
    int Open(IReadOnlyList<T> items);

    /// <summary>Begins one write, perhaps again.</summary>
    Task Begin(int index, CancellationToken stop);

    /// <summary>
    /// Begins writes in their order for as long as each is confirmed when its call returns, and moves <paramref name="next"/> past
    /// those that it has called, also where one throws.
    /// </summary>
    /// <returns>The first that was not confirmed so; null when there are no more.</returns>
    Task? BeginFrom(ref int next, CancellationToken stop);

    /// <summary>Lets go of the batch.</summary>
    void Close();
}
