namespace Rx.Connectors.Testing;

/// <summary>What a scripted client does, and when.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>Immutable: each member returns a longer script. Without an end or a failure the client hangs after its last item.</remarks>
public sealed class ClientScript<T>
{
    internal ClientScript(IReadOnlyList<ClientStep<T>> steps) => Steps = steps;

    /// <summary>The steps, in the order in which they were added.</summary>
    public IReadOnlyList<ClientStep<T>> Steps { get; }

    /// <summary>Delivers items, all at once.</summary>
    /// <param name="at">When, from when the client is made.</param>
    /// <param name="items">The items.</param>
    /// <returns>The longer script.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is negative.</exception>
    public ClientScript<T> Deliver(TimeSpan at, params IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Then(at, items.Select(item => new ClientStep<T>(at, ClientStepKind.Deliver, item)));
    }

    /// <summary>Fails.</summary>
    /// <param name="at">When, from when the client is made.</param>
    /// <param name="error">With what.</param>
    /// <returns>The longer script.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is negative.</exception>
    public ClientScript<T> Fail(TimeSpan at, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Then(at, [new ClientStep<T>(at, ClientStepKind.Fail, Error: error)]);
    }

    /// <summary>Ends.</summary>
    /// <param name="at">When, from when the client is made.</param>
    /// <returns>The longer script.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is negative.</exception>
    public ClientScript<T> End(TimeSpan at) => Then(at, [new ClientStep<T>(at, ClientStepKind.End)]);

    private ClientScript<T> Then(TimeSpan at, IEnumerable<ClientStep<T>> steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(at, TimeSpan.Zero);
        return new ClientScript<T>([.. Steps, .. steps]);
    }
}

/// <summary>Begins a script.</summary>
public static class ClientScript
{
    /// <summary>A script of nothing: a client that hangs.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <returns>The script.</returns>
    public static ClientScript<T> Of<T>() => new([]);
}

/// <summary>One thing that a scripted client does.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <param name="At">When, from when the client is made.</param>
/// <param name="Kind">What.</param>
/// <param name="Item">The item that is delivered.</param>
/// <param name="Error">What it fails with.</param>
public sealed record ClientStep<T>(TimeSpan At, ClientStepKind Kind, T? Item = default, Exception? Error = null);

/// <summary>What a scripted client does.</summary>
public enum ClientStepKind
{
    /// <summary>It delivers an item.</summary>
    Deliver = 0,

    /// <summary>It fails.</summary>
    Fail,

    /// <summary>It ends.</summary>
    End,
}
