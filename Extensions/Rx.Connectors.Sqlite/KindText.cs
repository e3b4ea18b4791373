using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>How a kind is written, so that it can be read in the file.</summary>
internal static class KindText
{
    private const string Source = "source";
    private const string Sink = "sink";

    public static string Of(StateKind kind) => kind switch
    {
        StateKind.Source => Source,
        StateKind.Sink => Sink,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind of a state must be Source or Sink."),
    };

    public static StateKind? Parse(string text) => text switch
    {
        Source => StateKind.Source,
        Sink => StateKind.Sink,
        _ => null,
    };
}
