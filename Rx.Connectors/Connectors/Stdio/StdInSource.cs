using Rx.Connectors.Bridging;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Stdio;

/// <summary>
/// The lines of standard input, read by the first worker; the others have none. It completes at the end of the input. There is no
/// position: what was read is not read again after a restart.
/// </summary>
/// <remarks>
/// No poll waits for a line: the input is read in the background, and no further than the bridge has room, which is what holds up
/// the program that writes it. When a run ends, the line that is being waited for stays for the next source of the process; lines
/// that wait in the bridge are lost.
/// </remarks>
public sealed class StdInSource : DynamicSource<string>
{
    private readonly DynamicSource<string> _source;

    /// <summary>Makes the source. Nothing is read before a partition starts.</summary>
    /// <param name="bridge">How lines become batches; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message names it.</exception>
    public StdInSource(BridgeOptions? bridge = null)
        : this(StandardInput.Lines, bridge)
    {
    }

    internal StdInSource(LineReader lines, BridgeOptions? bridge) => _source = Bridge.From(lines.ReadAsync()).ToSource(bridge);

    /// <inheritdoc/>
    public override StatelessSourcePartition<string> Build(string stepId, int workerIndex, int workerCount) =>
        _source.Build(stepId, workerIndex, workerCount);
}
