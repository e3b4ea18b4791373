namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>Checks paths before anything is started.</summary>
internal static class Paths
{
    /// <returns>The directory that the file is in, or will be.</returns>
    /// <exception cref="BadOptionException">There can be no such file.</exception>
    public static string CheckFile(string option, string path)
    {
        var directory = path.Length > 0 && !path.Contains('\0') ? Path.GetDirectoryName(Path.GetFullPath(path)) : null;
        return directory is not null && Directory.Exists(directory) && !Directory.Exists(path)
            ? directory
            : throw new BadOptionException($"{option} must be a file in a directory that exists; it is '{path}'.");
    }
}
