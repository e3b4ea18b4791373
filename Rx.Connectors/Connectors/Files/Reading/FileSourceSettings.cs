namespace Rx.Connectors.Files;

/// <summary>Checked options of a source.</summary>
internal sealed record FileSourceSettings(
    int MaxBatchSize, int MaxLineLength, string FileSystemId, FileMismatchBehavior OnOtherFile, FileFollowOptions? Follow)
{
    /// <param name="options">What the user gave.</param>
    /// <param name="path">Where the user gave it, for the name of a refused parameter.</param>
    public static FileSourceSettings Check(FileSourceOptions options, string path)
    {
        ArgumentNullException.ThrowIfNull(options, path);
        const string Owner = nameof(FileSourceOptions);
        var fileSystemId = FileKeys.CheckFileSystemId(options.FileSystemId, Owner, path);
        if (options.MaxBatchSize < 1)
        {
            throw Refused(path, Owner, nameof(options.MaxBatchSize), options.MaxBatchSize, "at least 1");
        }

        if (options.MaxLineLength is < 1 or > FileSourceOptions.LargestMaxLineLength)
        {
            throw Refused(
                path, Owner, nameof(options.MaxLineLength), options.MaxLineLength,
                $"from 1 to {FileSourceOptions.LargestMaxLineLength} bytes");
        }

        CheckChange(options.OnOtherFile, path, Owner, nameof(options.OnOtherFile));
        if (options.Follow is { } follow)
        {
            CheckFollow(follow, $"{path}.{nameof(options.Follow)}");
        }

        return new FileSourceSettings(options.MaxBatchSize, options.MaxLineLength, fileSystemId, options.OnOtherFile, options.Follow);
    }

    public static void CheckInterval(TimeSpan interval, TimeSpan longest, string path, string owner, string option)
    {
        if (interval <= TimeSpan.Zero || interval > longest)
        {
            throw Refused(path, owner, option, interval, $"more than zero and at most {longest}");
        }
    }

    private static void CheckFollow(FileFollowOptions options, string path)
    {
        const string Owner = nameof(FileFollowOptions);
        CheckInterval(options.PollInterval, FileFollowOptions.LongestPollInterval, path, Owner, nameof(options.PollInterval));
        CheckChange(options.OnCut, path, Owner, nameof(options.OnCut));
        CheckChange(options.OnRotated, path, Owner, nameof(options.OnRotated));
    }

    private static void CheckChange(FileMismatchBehavior value, string path, string owner, string option)
    {
        if (value is not (FileMismatchBehavior.Fail or FileMismatchBehavior.StartOver))
        {
            throw Refused(path, owner, option, value, $"{nameof(FileMismatchBehavior.Fail)} or {nameof(FileMismatchBehavior.StartOver)}");
        }
    }

    private static ArgumentOutOfRangeException Refused(string path, string owner, string option, object value, string allowed) =>
        new($"{path}.{option}", value, $"{owner}.{option} must be {allowed}.");
}
