namespace Rx.Connectors.Files;

/// <summary>Partition keys of files: <c>{fileSystemId}::{name}</c>.</summary>
internal static class FileKeys
{
    private const string Separator = "::";

    public static string CheckFileSystemId(string fileSystemId, string options, string path)
    {
        var option = $"{path}.FileSystemId";
        ArgumentNullException.ThrowIfNull(fileSystemId, option);
        return fileSystemId.Length > 0 && !fileSystemId.Contains(Separator, StringComparison.Ordinal)
            ? fileSystemId
            : throw new ArgumentException($"{options}.FileSystemId must not be empty and must not contain \"{Separator}\".", option);
    }

    public static string Make(string fileSystemId, string name) => fileSystemId + Separator + name;

    /// <summary>The name of a file in a directory, from a key; it never leads out of the directory.</summary>
    public static string NameOf(string fileSystemId, string partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var prefix = fileSystemId + Separator;
        var name = partition.StartsWith(prefix, StringComparison.Ordinal) ? partition[prefix.Length..] : "";
        return IsName(name)
            ? name
            : throw new ArgumentException($"There is no partition \"{partition}\"; a key is \"{prefix}\" and a file's name.", nameof(partition));
    }

    public static void CheckOnly(string key, string partition)
    {
        if (partition != key)
        {
            throw new ArgumentException($"There is no partition \"{partition}\"; the only one is \"{key}\".", nameof(partition));
        }
    }

    public static bool IsName(string name) =>
        name is not ("" or "." or "..") && name.AsSpan().IndexOfAny('/', '\0') < 0 && Path.GetFileName(name) == name;
}
