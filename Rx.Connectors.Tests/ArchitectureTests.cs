using System.Reflection;
using System.Text.RegularExpressions;
using Rx.Connectors.Csv;
using Rx.Connectors.Flows;
using Rx.Connectors.Sqlite;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Architecture;
using Rx.Connectors.Tests.Docs;
using Xunit;

namespace Rx.Connectors.Tests;

/// <summary>Arrows point one way, nothing is too long to be read, and what is not public is internal and sealed.</summary>
public sealed partial class ArchitectureTests
{
    private const int MostLinesOfFile = 300;
    private const int MostLinesOfType = 350;

    private static readonly Assembly _library = typeof(Dataflow).Assembly;

    /// <summary>Whom each part may know besides itself.</summary>
    private static readonly Dictionary<string, string[]> _mayKnow = new()
    {
        ["Scheduling"] = [],
        ["Sources"] = ["Scheduling"],
        ["Sinks"] = ["Scheduling", "Sources"],
        ["Bridging"] = ["Scheduling", "Sources", "Sinks"],
        ["Recovery"] = ["Scheduling"],
        ["Flows"] = ["Scheduling", "Sources", "Sinks", "Recovery"],
        ["Connectors"] = ["Scheduling", "Sources", "Sinks", "Bridging"],
    };

    private static readonly (string Folder, Assembly Assembly)[] _projects =
    [
        ("Rx.Connectors", typeof(Dataflow).Assembly),
        ("Extensions/Rx.Connectors.Csv", typeof(CsvSource).Assembly),
        ("Extensions/Rx.Connectors.Sqlite", typeof(SqliteRecoveryStore).Assembly),
        ("Extensions/Rx.Connectors.Testing", typeof(VirtualScheduler).Assembly),
    ];

    /// <summary>Types that are still too long.</summary>
    private static readonly string[] _knownLongTypes =
    [
        "Rx.Connectors.Testing.EscapeWatch",
        "Rx.Connectors.Testing.VirtualScheduler",
    ];

    [Fact]
    public void Folders_know_only_those_below_them()
    {
        var root = Path.Combine(Pages.Root, "Rx.Connectors");
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            var folder = Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar)[0];
            if (!_mayKnow.TryGetValue(folder, out var allowed))
            {
                Assert.EndsWith(".cs", folder, StringComparison.Ordinal);
                continue;
            }

            foreach (Match use in Uses().Matches(File.ReadAllText(file)))
            {
                var used = use.Groups[1].Value;
                Assert.True(
                    used == folder || allowed.Contains(used) || (folder == "Connectors" && !_mayKnow.ContainsKey(used)),
                    $"{file} uses {used}, which {folder} must not know.");
            }
        }
    }

    [Fact]
    public void Arrows_between_folders_close_no_circle()
    {
        var found = new List<string>();
        foreach (var (folder, assembly) in _projects)
        {
            var arrows = SourcesOf(folder, assembly).Arrows();
            foreach (var circle in Circles.Find(arrows.Keys))
            {
                var uses = arrows.Where(arrow => circle.Contains(arrow.Key.From) && circle.Contains(arrow.Key.To))
                    .Select(arrow => $"{arrow.Key.From} -> {arrow.Key.To}, where {arrow.Value}");
                found.Add($"{folder}: {string.Join(", ", circle)} is a circle of folders: {string.Join("; ", uses)}.");
            }
        }

        CheckNone(found);
    }

    [Fact]
    public void No_file_is_too_long() => CheckNone(
        from project in _projects
        from file in SourcesOf(project.Folder, project.Assembly).Files
        where file.Lines > MostLinesOfFile
        select $"{project.Folder}/{file.Name} has {file.Lines} lines; at most {MostLinesOfFile}.");

    [Fact]
    public void No_type_is_too_long() => CheckKnown(
        _knownLongTypes,
        (from project in _projects
         from type in SourcesOf(project.Folder, project.Assembly).TypeLines()
         where type.Value > MostLinesOfType
         select type).ToDictionary(static type => type.Key, static type => $"{type.Value} lines, at most {MostLinesOfType}"),
        "is too long over all its files");

    [Fact]
    public void The_library_depends_on_Rx_alone()
    {
        var others = _library.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) || name is "System.Reactive" or "System.Interactive.Async");
        Assert.Empty(others.Except(["System.Reactive"]));
    }

    [Fact]
    public void What_is_not_public_is_sealed()
    {
        var open = _projects.SelectMany(static project => project.Assembly.GetTypes()).Where(type =>
            type is { IsClass: true, IsSealed: false, IsAbstract: false, IsPublic: false, IsNestedPublic: false });
        Assert.Empty(open.Select(type => type.FullName));
    }

    [Fact]
    public void Flows_hold_no_static_state()
    {
        var fields = _library.GetTypes()
            .Where(type => type.Namespace == "Rx.Connectors.Flows")
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => !field.IsInitOnly && !field.IsLiteral && !field.DeclaringType!.Name.StartsWith('<') && !field.Name.StartsWith('<'));
        Assert.Empty(fields.Select(field => $"{field.DeclaringType}.{field.Name}"));
    }

    private static SourceFolders SourcesOf(string folder, Assembly assembly) => new(assembly, Path.Combine(Pages.Root, folder));

    private static void CheckKnown(string[] known, Dictionary<string, string> found, string what)
    {
        CheckNone(found.Where(one => !known.Any(other => IsPart(one.Key, other))).Select(one => $"{one.Key} {what}: {one.Value}."));
        CheckNone(known.Where(one => !found.Keys.Any(other => IsPart(other, one))).Select(static one => $"{one} is mended: take it out of the list."));
    }

    // Whole, where Assert.Empty would cut it off.
    private static void CheckNone(IEnumerable<string> faults) =>
        Assert.True(!faults.Any(), string.Join(Environment.NewLine, faults));

    // What is left of one that is being mended is no new one.
    private static bool IsPart(string one, string other) => one.Split(", ").ToHashSet().IsSubsetOf(other.Split(", "));

    [GeneratedRegex(@"(?:using|<see cref=""|\W)Rx\.Connectors\.(\w+)")]
    private static partial Regex Uses();
}
