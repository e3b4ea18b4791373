using System.Collections.Concurrent;
using System.IO.Enumeration;

namespace Rx.Connectors.Files;

/// <summary>Which files of a directory are one that was rotated: they are read as one partition, that of the name they had first.</summary>
internal sealed class FileFamilies(string directory, string pattern, bool areJoined)
{
    private static readonly bool _ignoresCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    // Between a rotation and the making of the new file there is none of its name.
    private readonly ConcurrentDictionary<string, bool> _heads = new(StringComparer.Ordinal);

    /// <summary>The name under which a file of the directory is read.</summary>
    public string Head(string name)
    {
        if (!areJoined || RotatedName.Base(name, IsThere) is not { } head || !IsOfPattern(head))
        {
            return name;
        }

        _heads.TryAdd(head, true);
        return head;
    }

    public FilePlace PlaceOf(string name) => new(
        Path.Combine(directory, name), IsOfRotation: areJoined, IsReadFromOldest: areJoined, HasCome: false,
        other => IsOfPattern(other) && Head(other) != name);

    private bool IsThere(string name) => _heads.ContainsKey(name) || File.Exists(Path.Combine(directory, name));

    private bool IsOfPattern(string name) => FileSystemName.MatchesSimpleExpression(pattern, name, _ignoresCase);
}
