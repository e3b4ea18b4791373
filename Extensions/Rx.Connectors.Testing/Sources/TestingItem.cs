using System.Diagnostics.CodeAnalysis;

namespace Rx.Connectors.Testing;

/// <summary>What a <see cref="TestingSource{T}"/> does next: it hands out an item, ends, fails or waits.</summary>
/// <typeparam name="T">The items.</typeparam>
/// <remarks>Immutable. The default value is the item <c>default(T)</c>.</remarks>
public readonly struct TestingItem<T>
{
    private readonly T _value;

    private TestingItem(T value, TestingItemKind kind, TimeSpan pause)
    {
        _value = value;
        Kind = kind;
        Length = pause;
    }

    internal TestingItemKind Kind { get; }

    internal TimeSpan Length { get; }

    internal T Value => _value;

    /// <summary>Wraps an item.</summary>
    /// <param name="value">The item.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "TestingItem.Of is the named alternative.")]
    public static implicit operator TestingItem<T>(T value) => TestingItem.Of(value);

    /// <summary>Gives a sentinel the type of the items beside it.</summary>
    /// <param name="sentinel"><see cref="TestingItem.Eof"/>, <see cref="TestingItem.Abort"/> or <see cref="TestingItem.Pause"/>.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "A sentinel has no other use.")]
    public static implicit operator TestingItem<T>(TestingSentinel sentinel) => new(default!, sentinel.Kind, sentinel.Length);

    /// <summary>What it is in words.</summary>
    /// <returns>The item's own text, or the sentinel's.</returns>
    public override string ToString() => Kind == TestingItemKind.Item ? $"{_value}" : new TestingSentinel(Kind, Length).ToString();

    internal static TestingItem<T> OfItem(T value) => new(value, TestingItemKind.Item, TimeSpan.Zero);
}

/// <summary>Makes what a <see cref="TestingSource{T}"/> is given.</summary>
public static class TestingItem
{
    /// <summary>The source is complete here, for this run. The next run goes on after it.</summary>
    public static TestingSentinel Eof => new(TestingItemKind.Eof, TimeSpan.Zero);

    /// <summary>
    /// The source stops the flow here at once, as <see cref="AbortFlowException"/> does. It does so once over all runs that read the
    /// same source object: the run that resumes before it passes over it.
    /// </summary>
    public static TestingSentinel Abort => new(TestingItemKind.Abort, TimeSpan.Zero);

    /// <summary>The source has nothing for a while.</summary>
    /// <param name="duration">How long, on the flow's clock, from when it comes to it; zero or more. Zero is one poll that has nothing.</param>
    /// <returns>The sentinel.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public static TestingSentinel Pause(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        return new TestingSentinel(TestingItemKind.Pause, duration);
    }

    /// <summary>Wraps an item where it does not convert by itself, as one that is known by its interface.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="value">The item.</param>
    /// <returns>The item, wrapped.</returns>
    public static TestingItem<T> Of<T>(T value) => TestingItem<T>.OfItem(value);
}

/// <summary>What is no item: an end, an abort or a pause. It fits in with items of any type.</summary>
public readonly struct TestingSentinel
{
    internal TestingSentinel(TestingItemKind kind, TimeSpan length)
    {
        Kind = kind;
        Length = length;
    }

    internal TestingItemKind Kind { get; }

    internal TimeSpan Length { get; }

    /// <summary>What it is in words.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Kind switch
    {
        TestingItemKind.Pause => $"pause({Length})",
        TestingItemKind.Abort => "abort",
        _ => "eof",
    };
}

internal enum TestingItemKind
{
    Item = 0,
    Eof,
    Abort,
    Pause,
}
