#pragma warning disable RS0026 // The overloads differ in parameters that are required, so that no call is ambiguous.
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <content>Clients with a life: they are opened when a partition starts, and closed with it.</content>
public static partial class Bridge
{
    /// <summary>Bridges a client whose items are received one by one.</summary>
    /// <typeparam name="TClient">The client.</typeparam>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="open">Opens a client, as in <see cref="Receive"/>: one for each partition, and another for each restart.</param>
    /// <param name="receive">Receives the next item, as in <see cref="Receive"/>. A stop does not wait for it.</param>
    /// <param name="close">Closes the client, always. Default, null: <c>DisposeAsync</c> or <c>Dispose</c>, where the client has one.</param>
    /// <returns>A bridge to compose and to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> or <paramref name="receive"/> is null.</exception>
    public static SourceBridge<T> From<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, CancellationToken, Task<T>> receive, Func<TClient, Task>? close = null) =>
        From(Receive(open, receive, close));

    /// <summary>Bridges a client that is opened where a partition resumes, and whose items are received one by one.</summary>
    /// <typeparam name="TClient">The client.</typeparam>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position. Name it with the parameters of the first lambda:
    /// <c>(ResumeState&lt;long&gt; resume, CancellationToken cancellation) =&gt; ..</c>.</typeparam>
    /// <param name="open">Opens a client that goes on at a position, as in <see cref="Receive"/>.</param>
    /// <param name="receive">Receives the next item, as in <see cref="Receive"/>. A stop does not wait for it.</param>
    /// <param name="position">The position just <em>after</em> an item. What it throws is the source's error.</param>
    /// <param name="close">Closes the client, always. Default, null: <c>DisposeAsync</c> or <c>Dispose</c>, where the client has one.</param>
    /// <returns>A bridge to compose and to make a source of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="open"/>, <paramref name="receive"/> or <paramref name="position"/> is null.</exception>
    public static ResumableSourceBridge<T, TPosition> From<TClient, T, TPosition>(
        Func<ResumeState<TPosition>, CancellationToken, Task<TClient>> open, Func<TClient, CancellationToken, Task<T>> receive,
        Func<T, TPosition> position, Func<TClient, Task>? close = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(receive);
        return From((ResumeState<TPosition> resume) => Receive(cancellation => open(resume, cancellation), receive, close), position);
    }

    /// <summary>Bridges a client that is opened before it is written to.</summary>
    /// <typeparam name="TClient">The client.</typeparam>
    /// <typeparam name="T">The items. Name them with the parameters of the second lambda.</typeparam>
    /// <param name="open">
    /// Opens a client when a partition starts, which is one for each worker. The token is cancelled when the partition is closed; then it is
    /// not waited for, and a client that it still opens is closed. What it throws is the failure of the first write.
    /// </param>
    /// <param name="write">Writes an item, as in <see cref="To{T}(Func{T, CancellationToken, Task})"/>. After a write that has failed, or has
    /// run into its timeout, the client is closed when its other writes have ended, and the next try opens another.</param>
    /// <param name="close">Closes the client, always. Default, null: <c>DisposeAsync</c> or <c>Dispose</c>, where the client has one.</param>
    /// <returns>A bridge to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> or <paramref name="write"/> is null.</exception>
    public static SinkBridge<T> To<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, T, CancellationToken, Task> write, Func<TClient, Task>? close = null) =>
        ClientSinks.OfItems(open, write, close);

    /// <summary>Bridges a client that is opened before it is written to, and that writes many items at once.</summary>
    /// <typeparam name="TClient">The client.</typeparam>
    /// <typeparam name="T">The items. Name them with the parameters of the second lambda.</typeparam>
    /// <param name="open">Opens a client, as in <see cref="To{TClient, T}(Func{CancellationToken, Task{TClient}}, Func{TClient, T, CancellationToken, Task}, Func{TClient, Task})"/>.</param>
    /// <param name="write">Writes a batch, as in <see cref="ToBatches{T}(Func{IReadOnlyList{T}, CancellationToken, Task})"/>.</param>
    /// <param name="close">Closes the client, always. Default, null: <c>DisposeAsync</c> or <c>Dispose</c>, where the client has one.</param>
    /// <returns>A bridge to make partitions of.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> or <paramref name="write"/> is null.</exception>
    public static SinkBridge<T> ToBatches<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, IReadOnlyList<T>, CancellationToken, Task> write,
        Func<TClient, Task>? close = null) =>
        ClientSinks.OfBatches(open, write, close);

    /// <summary>
    /// Makes a stream of a client whose items are received one by one, and closes the client also where a receive takes no token, and
    /// would hold up an iterator over it for ever.
    /// </summary>
    /// <typeparam name="TClient">The client.</typeparam>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="open">Opens a client, once for each enumeration, before the first item. The token is cancelled when the partition is
    /// closed; then it is not waited for, and a client that it still opens is closed.</param>
    /// <param name="receive">
    /// Receives the next item, after the last one was taken. When the token is cancelled it is not waited for: what it still receives is
    /// let go, and what it fails with is ignored. It must not block its thread. Where an item says that it is the last, end the query
    /// with <c>TakeWhile</c>.
    /// </param>
    /// <param name="close">
    /// Closes the client after a failure, or when the partition is closed, which may be while a receive is pending. It is waited for.
    /// Default, null: <c>DisposeAsync</c> or <c>Dispose</c>, where the client has one.
    /// </param>
    /// <returns>The stream, to be given to <c>From</c>. What <paramref name="open"/> and <paramref name="receive"/> throw is its error, after
    /// the items before; what <paramref name="close"/> throws is one if nothing else was.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="open"/> or <paramref name="receive"/> is null.</exception>
    public static IAsyncEnumerable<T> Receive<TClient, T>(
        Func<CancellationToken, Task<TClient>> open, Func<TClient, CancellationToken, Task<T>> receive, Func<TClient, Task>? close = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(receive);
        return new ReceivingStream<TClient, T>(open, receive, close);
    }
}
