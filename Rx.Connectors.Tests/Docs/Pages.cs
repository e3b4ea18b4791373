namespace Rx.Connectors.Tests.Docs;

/// <summary>A text file of the repository.</summary>
/// <param name="Name">Its path from the repository's root, with slashes.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record Page(string Name, IReadOnlyList<string> Lines);

/// <summary>Where the pages and their snippets are.</summary>
internal static class Pages
{
    private static readonly Lazy<string> _root = new(FindRoot);

    public static string Root => _root.Value;

    /// <summary>Everything that is written for readers.</summary>
    public static IReadOnlyList<Page> All =>
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }.Where(name => File.Exists(Path.Combine(Root, name))).Select(Read),
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Order().Select(Read),
    ];

    /// <summary>The files that may hold snippets: the tests' own, and the programs that are run.</summary>
    public static IReadOnlyList<Page> Snippets =>
    [
        .. new[] { "Rx.Connectors.Tests", "Playground" }
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)).Order().Select(Read),
    ];

    /// <summary>The lines outside of code blocks.</summary>
    public static IEnumerable<string> Prose(Page page)
    {
        var inside = false;
        foreach (var line in page.Lines)
        {
            var fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            inside ^= fence;
            if (!inside && !fence)
            {
                yield return line;
            }
        }
    }

    private static Page Read(string path)
    {
        var full = Path.Combine(Root, path);
        return new Page(Path.GetRelativePath(Root, full).Replace('\\', '/'), File.ReadAllLines(full));
    }

    private static string FindRoot()
    {
        var start = Path.GetDirectoryName(typeof(Pages).Assembly.Location)!;
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RxConnectors.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"There is no RxConnectors.sln in or above {start}.");
    }
}
