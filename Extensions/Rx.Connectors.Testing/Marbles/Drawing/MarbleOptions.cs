namespace Rx.Connectors.Testing;

/// <summary>What a marble diagram shows.</summary>
public sealed class MarbleOptions
{
    private static readonly IReadOnlyList<RecordedKind> _defaultKinds =
    [
        .. Enum.GetValues<RecordedKind>().Except([RecordedKind.Awake, RecordedKind.Flushed, RecordedKind.Closed]),
    ];

    /// <summary>A line above the diagram. Default: null, none.</summary>
    public string? Title { get; init; }

    /// <summary>Which kinds of events are drawn. Default: all but awake times, flushes and closing.</summary>
    /// <remarks>Of <see cref="RecordedKind.Opened"/> only that of a partition that goes on from a position is drawn.</remarks>
    public IReadOnlyList<RecordedKind> Kinds { get; init; } = _defaultKinds;

    /// <summary>After how many characters a diagram in text goes on below, at least 40. Default: 120.</summary>
    /// <remarks>What happens at one time stays together, so that a line may be longer.</remarks>
    public int TextWidth { get; init; } = 120;

    internal static MarbleOptions Check(MarbleOptions? options)
    {
        options ??= new MarbleOptions();
        if (options.Kinds is null)
        {
            throw new ArgumentException("MarbleOptions.Kinds must not be null; leave it out for the default.", nameof(options));
        }

        if (options.TextWidth < 40)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.TextWidth, "MarbleOptions.TextWidth must be at least 40.");
        }

        return options;
    }
}
