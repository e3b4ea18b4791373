#pragma warning disable RS0026, RS0027 // The overloads differ in the kind of what they take, so that none can be mistaken for another.
namespace Rx.Connectors.Testing;

public sealed partial class Recording
{
    /// <summary>Records what a client delivers, its end and its failure, and when it is opened and closed.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="client">The client. It is enumerated whenever the result is.</param>
    /// <param name="lane">What to record it as, for example <c>client</c>.</param>
    /// <returns>The same client, to use instead.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public IAsyncEnumerable<T> Watch<T>(IAsyncEnumerable<T> client, string lane)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new WatchedStream<T>(client, LaneOf(lane));
    }

    /// <summary>Records what an observable sends, its end and its failure, and when it is opened and closed.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="source">The observable. It is subscribed to whenever the result is.</param>
    /// <param name="lane">What to record it as, for example <c>query</c>.</param>
    /// <param name="kind">What an item is: <see cref="RecordedKind.Delivered"/> of a client, or <see cref="RecordedKind.Queried"/>.</param>
    /// <param name="text">What to record of an item; null for the item itself.</param>
    /// <returns>The same observable, to use instead. It passes on what breaks the grammar of Rx, and records it.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public IObservable<T> Watch<T>(IObservable<T> source, string lane, RecordedKind kind, Func<T, object?>? text = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new WatchedObservable<T>(source, LaneOf(lane), kind, text ?? (static item => item));
    }

    private RecordingLane LaneOf(string lane)
    {
        ArgumentNullException.ThrowIfNull(lane);
        return new RecordingLane(this, lane);
    }

    private RecordingLane LaneOf(string stepId, object partition) => new(this, $"{stepId}/{RecordedText.Of(partition)}");
}
