namespace Rx.Connectors.Files;

/// <summary>Partition keys of files: <c>{fileSystemId}::{name}</c>.</summary>
public static class FileKeys
{
    private const string Separator = "::";

    /// <summary>The file of a partition, as for the name that <c>source.Select((partition, line) =&gt; ..)</c> puts before a line.</summary>
    /// <param name="partition">A key of one of the sources and sinks here.</param>
    /// <returns>The path as it was given to a <see cref="FileSource"/> or <see cref="FileSink"/>; the file's name in the directory of a
    /// <see cref="DirSource"/> or <see cref="DirSink"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="partition"/> is null.</exception>
    /// <exception cref="ArgumentException">It is no such key.</exception>
    public static string GetName(string partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var separator = partition.IndexOf(Separator, StringComparison.Ordinal);
        return separator > 0
            ? partition[(separator + Separator.Length)..]
            : throw new ArgumentException($"\"{partition}\" is no key of a file; one is \"fileSystemId{Separator}name\".", nameof(partition));
    }

    internal static void CheckFileSystemId(string fileSystemId, string options, string path)
    {
        var option = $"{path}.FileSystemId";
        ArgumentNullException.ThrowIfNull(fileSystemId, option);
        if (fileSystemId.Length == 0 || fileSystemId.Contains(Separator, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{options}.FileSystemId must not be empty and must not contain \"{Separator}\".", option);
        }
    }

    internal static string Make(string fileSystemId, string name) => fileSystemId + Separator + name;

    /// <summary>The name of a file in a directory, from a key; it never leads out of the directory.</summary>
    internal static string NameOf(string fileSystemId, string partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var prefix = fileSystemId + Separator;
        var name = partition.StartsWith(prefix, StringComparison.Ordinal) ? partition[prefix.Length..] : "";
        return IsName(name)
            ? name
            : throw new ArgumentException($"There is no partition \"{partition}\"; a key is \"{prefix}\" and a file's name.", nameof(partition));
    }

    internal static void CheckOnly(string key, string partition)
    {
        if (partition != key)
        {
            throw new ArgumentException($"There is no partition \"{partition}\"; the only one is \"{key}\".", nameof(partition));
        }
    }

    internal static bool IsName(string name) =>
        name is not ("" or "." or "..") && name.AsSpan().IndexOfAny('/', '\0') < 0 && Path.GetFileName(name) == name;
}
