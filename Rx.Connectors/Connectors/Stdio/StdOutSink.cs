using System.Globalization;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Stdio;

/// <summary>
/// Writes each item as a line of standard output. Every worker writes; the lines of all of them come whole and one after another.
/// </summary>
/// <remarks>
/// <para>A batch is written when the operating system has all of its lines (rule K1): at least once, since nothing can be taken
/// back from a pipe or a screen.</para>
/// <para>Where whoever read the output has ended, the next batch fails with a <see cref="SinkWriteException"/>, and so does every
/// one after it. Windows does not tell of that, and the lines are lost there.</para>
/// </remarks>
public sealed class StdOutSink : DynamicSink<string>
{
    private readonly LineWriter? _writer;

    /// <summary>Makes the sink. Standard output is opened at the first write, and never closed.</summary>
    public StdOutSink()
    {
    }

    internal StdOutSink(TextWriter writer) => _writer = new LineWriter(writer);

    /// <inheritdoc/>
    public override StatelessSinkPartition<string> Build(string stepId, int workerIndex, int workerCount) =>
        new StdOutPartition<string>(() => _writer ?? StandardOutput.Lines, static line => line);
}

/// <summary>Writes the text of each item as a line of standard output, as <see cref="StdOutSink"/> writes strings.</summary>
/// <typeparam name="T">The items.</typeparam>
public sealed class StdOutSink<T> : DynamicSink<T>
{
    private readonly Func<T, string?> _text;
    private readonly LineWriter? _writer;

    /// <summary>Makes the sink. Standard output is opened at the first write, and never closed.</summary>
    /// <param name="text">Makes an item's line. Default, null: its own text, by the invariant culture. An exception that it throws
    /// ends the flow, and nothing of the batch is written. A line that is null is an empty one.</param>
    public StdOutSink(Func<T, string?>? text = null) =>
        _text = text ?? (static item => Convert.ToString(item, CultureInfo.InvariantCulture));

    internal StdOutSink(TextWriter writer, Func<T, string?>? text = null)
        : this(text) => _writer = new LineWriter(writer);

    /// <inheritdoc/>
    public override StatelessSinkPartition<T> Build(string stepId, int workerIndex, int workerCount) =>
        new StdOutPartition<T>(() => _writer ?? StandardOutput.Lines, _text);
}
