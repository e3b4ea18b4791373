namespace Rx.Connectors.Stdio;

/// <summary>Writes batches of lines one after another, from any thread, and none after one that failed.</summary>
internal sealed class LineWriter(TextWriter writer)
{
    private readonly Lock _gate = new();
    private Exception? _failure;

    /// <exception cref="IOException">It, or an earlier batch, could not be written.</exception>
    public void Write(IReadOnlyList<string> lines)
    {
        lock (_gate)
        {
            if (_failure is null)
            {
                try
                {
                    foreach (var line in lines)
                    {
                        writer.WriteLine(line);
                    }

                    writer.Flush();
                    return;
                }
                catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ObjectDisposedException)
                {
                    // The writer's buffer still holds a part of the batch, which must not come out later.
                    _failure = failed;
                }
            }

            throw new IOException(
                $"Standard output could not be written; what read it may have ended. {_failure.Message}", _failure);
        }
    }
}
