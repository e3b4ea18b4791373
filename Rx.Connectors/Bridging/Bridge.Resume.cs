using System.Reactive.Linq;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Bridging;

/// <content>Clients that are opened where a partition resumes, and clients of which there is one for each key.</content>
public static partial class Bridge
{
    /// <summary>Bridges a client that can be read from a position on.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position. Name it with the parameter of the first lambda: <c>(ResumeState&lt;long&gt; resume) =&gt; ..</c>.</typeparam>
    /// <param name="read">Reads from where a partition resumes: from the beginning, or from wherever the client begins, where there is no
    /// position. Called when the partition starts, and again by each restart. What it throws is the source's error.</param>
    /// <param name="position">The position just <em>after</em> an item. What it throws is the source's error.</param>
    /// <returns>A bridge to compose and to make a source of.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ResumableSourceBridge<T, TPosition> From<T, TPosition>(
        Func<ResumeState<TPosition>, IAsyncEnumerable<T>> read, Func<T, TPosition> position)
    {
        ArgumentNullException.ThrowIfNull(read);
        return From((string _, ResumeState<TPosition> resume) => read(resume), position);
    }

    /// <summary>Bridges clients of which there is one for each key, and that can be read from a position on.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position. Name it with the parameters of the first lambda.</typeparam>
    /// <param name="read">Reads the client of a key, as in
    /// <see cref="From{T, TPosition}(Func{ResumeState{TPosition}, IAsyncEnumerable{T}}, Func{T, TPosition})"/>.</param>
    /// <param name="position">The position just <em>after</em> an item. What it throws is the source's error.</param>
    /// <returns>A bridge to compose and to make a source of.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ResumableSourceBridge<T, TPosition> From<T, TPosition>(
        Func<string, ResumeState<TPosition>, IAsyncEnumerable<T>> read, Func<T, TPosition> position)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(position);
        return new((key, resume) => From(new OpenedStream<T>(() => read(key, resume)), position));
    }

    /// <summary>Bridges an observable that can begin at a position. It cannot be paused, as in <see cref="From{T}(IObservable{T})"/>.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position. Name it with the parameter of the first lambda.</typeparam>
    /// <param name="read">As in
    /// <see cref="From{T, TPosition}(Func{ResumeState{TPosition}, IAsyncEnumerable{T}}, Func{T, TPosition})"/>.</param>
    /// <param name="position">The position just <em>after</em> an item. What it throws is the source's error.</param>
    /// <returns>A bridge to compose and to make a source of.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ResumableSourceBridge<T, TPosition> From<T, TPosition>(
        Func<ResumeState<TPosition>, IObservable<T>> read, Func<T, TPosition> position)
    {
        ArgumentNullException.ThrowIfNull(read);
        return From((string _, ResumeState<TPosition> resume) => read(resume), position);
    }

    /// <summary>Bridges observables of which there is one for each key, and that can begin at a position.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <typeparam name="TPosition">A position. Name it with the parameters of the first lambda.</typeparam>
    /// <param name="read">As in
    /// <see cref="From{T, TPosition}(Func{ResumeState{TPosition}, IAsyncEnumerable{T}}, Func{T, TPosition})"/>, for a key.</param>
    /// <param name="position">The position just <em>after</em> an item. What it throws is the source's error.</param>
    /// <returns>A bridge to compose and to make a source of.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ResumableSourceBridge<T, TPosition> From<T, TPosition>(
        Func<string, ResumeState<TPosition>, IObservable<T>> read, Func<T, TPosition> position)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(position);
        return new((key, resume) => From(Observable.Defer(() => read(key, resume)), position));
    }

    /// <summary>Bridges clients of which there is one for each key, without positions: as a feed for each symbol.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="read">Reads the client of a key. Called when a partition starts, and again by each restart. What it throws is the
    /// source's error.</param>
    /// <returns>A bridge to compose and to make a source of, whose partitions are spread over the workers.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="read"/> is null.</exception>
    public static KeyedSourceBridge<T> From<T>(Func<string, IAsyncEnumerable<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return new(key => From(new OpenedStream<T>(() => read(key))));
    }

    /// <summary>Bridges observables of which there is one for each key, without positions.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="read">As in <see cref="From{T}(Func{string, IAsyncEnumerable{T}})"/>.</param>
    /// <returns>A bridge to compose and to make a source of, whose partitions are spread over the workers.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="read"/> is null.</exception>
    public static KeyedSourceBridge<T> From<T>(Func<string, IObservable<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return new(key => From(Observable.Defer(() => read(key))));
    }
}
