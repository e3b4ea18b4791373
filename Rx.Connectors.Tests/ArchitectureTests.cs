using System.Reflection;
using System.Text.RegularExpressions;
using Rx.Connectors.Csv;
using Rx.Connectors.Flows;
using Rx.Connectors.Sqlite;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Docs;
using Xunit;

namespace Rx.Connectors.Tests;

/// <summary>Arrows point one way, and what is not public is internal and sealed.</summary>
public sealed partial class ArchitectureTests
{
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
    public void The_library_depends_on_Rx_alone()
    {
        var others = _library.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) || name is "System.Reactive" or "System.Interactive.Async");
        Assert.Empty(others.Except(["System.Reactive", "System.Interactive.Async"]));
    }

    [Fact]
    public void What_is_not_public_is_sealed()
    {
        var open = new[] { _library, typeof(CsvSource).Assembly, typeof(SqliteRecoveryStore).Assembly, typeof(VirtualScheduler).Assembly }.SelectMany(assembly => assembly.GetTypes()).Where(type =>
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

    [GeneratedRegex(@"(?:using|<see cref=""|\W)Rx\.Connectors\.(\w+)")]
    private static partial Regex Uses();
}
