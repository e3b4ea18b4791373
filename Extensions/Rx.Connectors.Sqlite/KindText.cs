using Rx.Connectors.Recovery;

namespace Rx.Connectors.Sqlite;

/// <summary>How a kind is written, so that it can be read in the file.</summary>
internal static class KindText
{
    private const string Source = "source";
    private const string Sink = "sink";

    public static string Of(StepKind kind) => kind switch
    {
        StepKind.Source => Source,
        StepKind.Sink => Sink,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind of a state must be Source or Sink."),
    };

    public static StepKind? Parse(string text) => text switch
    {
        Source => StepKind.Source,
        Sink => StepKind.Sink,
        _ => null,
    };
}
