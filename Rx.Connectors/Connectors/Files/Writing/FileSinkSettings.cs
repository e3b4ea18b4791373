namespace Rx.Connectors.Files;

/// <summary>Checked options of a sink.</summary>
internal sealed record FileSinkSettings(string FileSystemId, bool Overwrite, LineEnding LineEnding)
{
    /// <param name="options">What the user gave; null stands for the defaults.</param>
    /// <param name="path">Where the user gave it, for the name of a refused parameter.</param>
    public static FileSinkSettings Check(FileSinkOptions? options, string path)
    {
        options ??= new FileSinkOptions();
        const string Owner = nameof(FileSinkOptions);
        var fileSystemId = FileKeys.CheckFileSystemId(options.FileSystemId, Owner, path);
        return options.LineEnding is LineEnding.Lf or LineEnding.CrLf
            ? new FileSinkSettings(fileSystemId, options.Overwrite, options.LineEnding)
            : throw new ArgumentOutOfRangeException(
                $"{path}.{nameof(options.LineEnding)}", options.LineEnding,
                $"{Owner}.{nameof(options.LineEnding)} must be {nameof(LineEnding.Lf)} or {nameof(LineEnding.CrLf)}.");
    }
}
