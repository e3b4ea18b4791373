using System.Globalization;

namespace Rx.Connectors.Testing;

/// <summary>
/// What a client does and when: an immutable list of steps, written as <c>ClientScript.Of&lt;int&gt;().Deliver(at, 1, 2).End(later)</c>
/// or parsed from a marble string. A script without an end or a failure hangs after its last step.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class ClientScript<T>
{
    private readonly ClientStep<T>[] _steps;
    private readonly string? _over;

    internal ClientScript(ClientStep<T>[] steps, string? over)
    {
        _steps = steps;
        _over = over;
        Steps = Array.AsReadOnly(steps);
    }

    /// <summary>The steps in their order, one for each item.</summary>
    public IReadOnlyList<ClientStep<T>> Steps { get; }

    /// <summary>Delivers items, all at the same time.</summary>
    /// <param name="at">When, counted from when the client starts; not before the step before.</param>
    /// <param name="items">The items, in their order. None is allowed and adds nothing.</param>
    /// <returns>A longer script.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is negative, or before the last step.</exception>
    /// <exception cref="InvalidOperationException">The script has ended, failed or hung already.</exception>
    public ClientScript<T> Deliver(TimeSpan at, params IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Check(at);
        return new([.. _steps, .. items.Select(item => new ClientStep<T>(at, ClientStepKind.Deliver, item))], null);
    }

    /// <summary>Fails; nothing comes after it.</summary>
    /// <param name="at">When, counted from when the client starts; not before the step before.</param>
    /// <param name="error">What the client fails with.</param>
    /// <returns>The finished script.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is negative, or before the last step.</exception>
    /// <exception cref="InvalidOperationException">The script has ended, failed or hung already.</exception>
    public ClientScript<T> Fail(TimeSpan at, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Check(at);
        return new([.. _steps, new ClientStep<T>(at, ClientStepKind.Fail, error: error)], "fails");
    }

    /// <summary>Ends; nothing comes after it.</summary>
    /// <param name="at">When, counted from when the client starts; not before the step before.</param>
    /// <returns>The finished script.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is negative, or before the last step.</exception>
    /// <exception cref="InvalidOperationException">The script has ended, failed or hung already.</exception>
    public ClientScript<T> End(TimeSpan at)
    {
        Check(at);
        return new([.. _steps, new ClientStep<T>(at, ClientStepKind.End)], "ends");
    }

    /// <summary>Says that nothing more ever comes, not even the end: what a script does anyway that just stops.</summary>
    /// <returns>The finished script.</returns>
    /// <exception cref="InvalidOperationException">The script has ended, failed or hung already.</exception>
    public ClientScript<T> Hang()
    {
        ThrowIfOver();
        return new(_steps, "hangs");
    }

    private void Check(TimeSpan at)
    {
        ThrowIfOver();
        var earliest = _steps.Length > 0 ? _steps[^1].At : TimeSpan.Zero;
        if (at < earliest)
        {
            throw new ArgumentOutOfRangeException(nameof(at), at, string.Create(
                CultureInfo.InvariantCulture, $"A step must not come before the one before it: at least {earliest} is allowed."));
        }
    }

    private void ThrowIfOver()
    {
        if (_over is not null)
        {
            throw new InvalidOperationException($"The script {_over} here; no step can come after that.");
        }
    }
}

/// <summary>Begins scripts.</summary>
public static class ClientScript
{
    /// <summary>A script without steps, to which they are added.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <returns>The script: as it is, a client that never does anything.</returns>
    public static ClientScript<T> Of<T>() => new([], null);
}

/// <summary>One thing that a client does.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class ClientStep<T>
{
    internal ClientStep(TimeSpan at, ClientStepKind kind, T? item = default, Exception? error = null) =>
        (At, Kind, Item, Error) = (at, kind, item, error);

    /// <summary>When the client does it, counted from when it starts.</summary>
    public TimeSpan At { get; }

    /// <summary>What the client does.</summary>
    public ClientStepKind Kind { get; }

    /// <summary>The item that is delivered; the default for other kinds.</summary>
    public T? Item { get; }

    /// <summary>What the client fails with; null for other kinds.</summary>
    public Exception? Error { get; }
}

/// <summary>What a client does in a step.</summary>
public enum ClientStepKind
{
    /// <summary>It delivers an item.</summary>
    Deliver,

    /// <summary>It fails.</summary>
    Fail,

    /// <summary>It ends.</summary>
    End,
}
