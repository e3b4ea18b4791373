namespace Rx.Connectors.Files;

/// <summary>
/// A file is not what it was when a position in it was taken: it was cut, overwritten, replaced or rotated, or it is gone. Nothing
/// was skipped or read twice, and nothing was written to it since; what a sink wrote since the last commit may be lost with it.
/// </summary>
public sealed class FileChangedException : IOException, IBreaksRule
{
    /// <summary>Makes the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">The position, in bytes from the file's beginning.</param>
    /// <param name="message">What has changed, naming the file.</param>
    public FileChangedException(string path, long offset, string message)
        : base(message)
    {
        Path = path;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The position that it no longer fits, in bytes from the file's beginning.</summary>
    public long Offset { get; }

    // It does not pass by itself: building the partition again would only fail again.
    string IBreaksRule.Rule => "S5";
}
