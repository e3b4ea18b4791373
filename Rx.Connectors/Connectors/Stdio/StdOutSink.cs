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
        new StdOutPartition(() => _writer ?? StandardOutput.Lines);
}
