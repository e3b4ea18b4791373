using System.Text.RegularExpressions;
using Rx.Connectors.Tests.Docs;
using Xunit;

namespace Rx.Connectors.Tests;

/// <summary>The trait <c>speed=slow</c>, without which the tests take a few seconds.</summary>
public sealed partial class SlowTests
{
    [Fact]
    public void Who_starts_processes_is_marked_as_slow()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Pages.Root, "Rx.Connectors.Tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(path => (Name: Path.GetFileName(path), Text: File.ReadAllText(path)))
            .Where(file => Processes().IsMatch(file.Text)).ToList();
        Assert.True(files.Count >= 10);
        Assert.Empty(files.Where(file => !file.Text.Contains("[Trait(\"speed\", \"slow\")]", StringComparison.Ordinal)).Select(file => file.Name));
    }

    [GeneratedRegex(@"\b(PlaygroundProcess\.|CommitLoopProcess\.|SmallDisk\.|Process\.Start\()")]
    private static partial Regex Processes();
}
