namespace Rx.Connectors.Stdio;

/// <summary>The process has one standard input, so there is one reader, however many sources there are.</summary>
internal static class StandardInput
{
    /// <summary>Reads it with a buffer of its own: what it holds is not seen by <see cref="Console.In"/>.</summary>
    public static LineReader Lines { get; } =
        new(static () => new StreamReader(Console.OpenStandardInput(), Console.InputEncoding, detectEncodingFromByteOrderMarks: true));
}
