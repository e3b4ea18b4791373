using System.Globalization;

#pragma warning disable RS0026, RS0027 // The overloads differ in the kind of what they take, so that none can be mistaken for another.
namespace Rx.Connectors.Testing;

/// <summary>Reads marble strings as Rx users write them, into scripts of clients.</summary>
public static class Marbles
{
    /// <summary>How long a frame is, unless another is asked for: 10 ticks.</summary>
    internal static readonly TimeSpan DefaultFrame = TimeSpan.FromTicks(10);

    private const string Allowed =
        "allowed are '-' (a frame passes), letters and digits (items), '(..)' (all in one frame), '|' (end), '#' (error) and spaces";

    /// <summary>Reads a marble string whose letters are the items themselves.</summary>
    /// <param name="marbles">
    /// For example <c>-a-b-(cd)-|</c>. Each sign takes one frame, except what is in parentheses: that takes one frame together. Spaces
    /// are passed over. Without <c>|</c> or <c>#</c> the client hangs after its last item.
    /// </param>
    /// <param name="frame">How long a frame is, more than zero; null for 10 ticks.</param>
    /// <param name="error">What <c>#</c> fails with; null for an exception that says so.</param>
    /// <returns>The script.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="marbles"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frame"/> is not more than zero.</exception>
    /// <exception cref="FormatException">The string is not valid; the message says where, and what is allowed.</exception>
    public static ClientScript<string> Parse(string marbles, TimeSpan? frame = null, Exception? error = null) =>
        Read(marbles, static (sign, _) => sign.ToString(), frame, error);

    /// <summary>Reads a marble string whose letters stand for items.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="marbles">As in <see cref="Parse(string, TimeSpan?, Exception?)"/>.</param>
    /// <param name="values">The item of each letter.</param>
    /// <param name="frame">How long a frame is, more than zero; null for 10 ticks.</param>
    /// <param name="error">What <c>#</c> fails with; null for an exception that says so.</param>
    /// <returns>The script.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="marbles"/> or <paramref name="values"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frame"/> is not more than zero.</exception>
    /// <exception cref="FormatException">The string is not valid, or a letter has no item; the message says where.</exception>
    public static ClientScript<T> Parse<T>(
        string marbles, IReadOnlyDictionary<char, T> values, TimeSpan? frame = null, Exception? error = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Read(
            marbles,
            (sign, at) => values.TryGetValue(sign, out var item)
                ? item
                : throw Bad(marbles, at, $"'{sign}' has no item; there are items for '{string.Join("', '", values.Keys.Order())}'"),
            frame, error);
    }

    private static ClientScript<T> Read<T>(string marbles, Func<char, int, T> item, TimeSpan? frame, Exception? error)
    {
        ArgumentNullException.ThrowIfNull(marbles);
        var step = frame ?? DefaultFrame;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero, nameof(frame));
        var script = ClientScript.Of<T>();
        var time = TimeSpan.Zero;
        var opened = -1;
        var over = '\0';
        for (var at = 0; at < marbles.Length; at++)
        {
            var sign = marbles[at];
            if (sign == ' ')
            {
                continue;
            }

            if (over != '\0' && !(opened >= 0 && sign == ')'))
            {
                throw Bad(marbles, at, $"nothing may come after '{over}' but spaces");
            }

            switch (sign)
            {
                case '(' when opened >= 0:
                    throw Bad(marbles, at, "a group must not hold another");
                case '(':
                    opened = at;
                    continue;
                case ')' when opened < 0:
                    throw Bad(marbles, at, "no group is open here");
                case ')':
                    opened = -1;
                    break;
                case '-' when opened >= 0:
                    throw Bad(marbles, at, "no frame passes inside a group");
                case '-':
                    break;
                case '|':
                    script = script.End(time);
                    over = sign;
                    break;
                case '#':
                    script = script.Fail(time, error ?? new InvalidOperationException("The marble string fails here ('#')."));
                    over = sign;
                    break;
                default:
                    script = char.IsLetterOrDigit(sign)
                        ? script.Deliver(time, item(sign, at))
                        : throw Bad(marbles, at, $"'{sign}' is not supported");
                    break;
            }

            time += opened < 0 ? step : TimeSpan.Zero;
        }

        return opened < 0 ? over == '\0' ? script.Hang() : script : throw Bad(marbles, opened, "the group that opens here is not closed");
    }

    private static FormatException Bad(string marbles, int at, string what) => new(string.Create(
        CultureInfo.InvariantCulture, $"\"{marbles}\", position {at}: {what}; {Allowed}."));
}
