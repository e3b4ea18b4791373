using System.Reflection;
using System.Text.RegularExpressions;

namespace Rx.Connectors.Tests.Architecture;

/// <summary>A file of a project.</summary>
/// <param name="Name">Its path from the project's folder, with slashes.</param>
/// <param name="Code">What stands in it, without comments and texts.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="Types">The types that it declares, without those inside of others.</param>
internal sealed record SourceFile(string Name, string Code, int Lines, IReadOnlyList<string> Types)
{
    public string Folder => Path.GetDirectoryName(Name) is { Length: > 0 } folder ? folder.Replace('\\', '/') : ".";
}

/// <summary>The folders of a project, and which of them use which others.</summary>
internal sealed partial class SourceFolders(Assembly assembly, string root)
{
    private readonly SourceFile[] _files =
    [
        .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => Read(Path.GetRelativePath(root, path).Replace('\\', '/'), File.ReadAllText(path))),
    ];

    public IReadOnlyList<SourceFile> Files => _files;

    /// <summary>The arrows between folders, each with one use that makes it.</summary>
    public IReadOnlyDictionary<(string From, string To), string> Arrows()
    {
        var folders = _files.SelectMany(static file => file.Types.Select(type => (type, file.Folder)))
            .GroupBy(static one => one.type).ToDictionary(static same => same.Key, static same => same.First().Folder);
        var arrows = new SortedDictionary<(string From, string To), string>();
        foreach (var (user, used) in TypeUses.Of(assembly))
        {
            // What the compiler or a generator has written has no file.
            if (folders.TryGetValue(user.FullName!, out var from) && folders.TryGetValue(used.FullName!, out var to))
            {
                Add(from, to, $"{user.Name} uses {used.Name}");
            }
        }

        var constants = Constants();
        foreach (var file in _files)
        {
            foreach (Match use in Member().Matches(file.Code))
            {
                if (constants.TryGetValue(use.Value, out var owner) && folders.TryGetValue(owner, out var to))
                {
                    Add(file.Folder, to, $"{file.Name} uses {use.Value}");
                }
            }
        }

        return arrows;

        void Add(string from, string to, string use)
        {
            if (from != to)
            {
                arrows.TryAdd((from, to), use);
            }
        }
    }

    /// <summary>How many lines each type has, over all files that begin with it.</summary>
    public IReadOnlyDictionary<string, int> TypeLines() => _files.Where(static file => file.Types.Count > 0)
        .GroupBy(static file => file.Types[0]).ToDictionary(static same => same.Key, static same => same.Sum(static file => file.Lines));

    // They are compiled into whoever uses them.
    private Dictionary<string, string> Constants() =>
        (from type in assembly.GetTypes()
         where !type.IsNested
         from field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
         where field.IsLiteral
         select (Name: $"{type.Name}.{field.Name}", Type: type.FullName!)).DistinctBy(static one => one.Name)
        .ToDictionary(static one => one.Name, static one => one.Type);

    private static SourceFile Read(string name, string text)
    {
        var code = Noise().Replace(text, "");
        var space = Space().Match(code).Groups[1].Value;
        var types = Declaration().Matches(code).Select(one =>
            $"{space}.{one.Groups[1].Value}{(one.Groups[2].Success ? $"`{one.Groups[2].Value.Count(static sign => sign == ',') + 1}" : "")}");
        return new SourceFile(name, code, text.Count(static sign => sign == '\n'), [.. types]);
    }

    [GeneratedRegex("""//[^\n]*|"(?:\\.|[^"\\\n])*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Noise();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Space();

    [GeneratedRegex(@"^(?:\w+ )+(?:class|struct|interface|enum|record(?: class| struct)?) (\w+)(?:<([^>]*)>)?", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w*\.[A-Z]\w*")]
    private static partial Regex Member();
}
