using System.Reflection;
using Rx.Connectors.Bridging;
using Rx.Connectors.Csv;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>What the pages show is compiled, what they link to is there, and the defaults they state are the code's.</summary>
public sealed class SnippetTests
{
    private static readonly Assembly[] _shipped = [typeof(Bridge).Assembly, typeof(CsvSource).Assembly, typeof(SqliteRecoveryStore).Assembly];

    [Fact]
    public void Every_block_of_code_is_a_snippet_that_is_compiled_and_every_snippet_is_shown() =>
        AssertNone(SnippetCheck.Problems(Pages.All, Pages.Snippets));

    [Fact]
    public void Every_relative_link_leads_to_a_file() => AssertNone(LinkCheck.Problems(Pages.Root, Pages.All));

    [Fact]
    public void Every_table_of_options_states_the_real_defaults()
    {
        AssertNone(OptionsCheck.Problems(Pages.All, _shipped, out var types));
        Assert.Superset(
            new HashSet<string>
            {
                "BridgeOptions", "WriteOptions", "FlowOptions", "BackoffOptions", "RecoveryOptions", "RestartOptions", "SqliteRecoveryOptions",
            },
            types.ToHashSet());
    }

    [Fact]
    public void A_block_without_a_marker_is_told() => Assert.Equal(
        ["a.md(2): a block of C# without <!-- snippet: name --> on the line before it"],
        SnippetCheck.Problems([Page("a.md", "text", "```csharp", "var a = 1;", "```", "```sh", "ls", "```")], []));

    [Fact]
    public void An_unknown_snippet_is_told() => Assert.Equal(
        ["a.md(2): no file has a snippet 'one'"],
        SnippetCheck.Problems([Page("a.md", "<!-- snippet: one -->", "```csharp", "```")], []));

    [Fact]
    public void A_line_that_differs_is_told() => Assert.Equal(
        ["a.md(2): snippet 'one' differs from A.cs at its line 2: '  b();' instead of 'b();'"],
        SnippetCheck.Problems(
            [Page("a.md", "<!-- snippet: one -->", "```csharp", "a();", "  b();", "```")],
            [Page("A.cs", "    // snippet: one", "    a();", "    b();", "    // end-snippet")]));

    [Fact]
    public void A_line_that_is_missing_is_told() => Assert.Equal(
        ["a.md(2): snippet 'one' differs from A.cs at its line 2: '' instead of 'b();'"],
        SnippetCheck.Problems(
            [Page("a.md", "<!-- snippet: one -->", "```csharp", "a();", "```")],
            [Page("A.cs", "// snippet: one", "a();", "b();", "// end-snippet")]));

    [Fact]
    public void A_snippet_that_is_shown_nowhere_or_twice_or_without_an_end_is_told() => Assert.Equal(
        ["A.cs: there is another snippet 'one'", "A.cs: snippet 'two' has no // end-snippet", "A.cs: snippet 'one' is on no page"],
        SnippetCheck.Problems(
            [],
            [Page("A.cs", "// snippet: one", "// end-snippet", "// snippet: one", "// end-snippet", "// snippet: two")]));

    [Fact]
    public void A_link_to_nowhere_is_told() => Assert.Equal(
        [
            "README.md: the link to 'docs/nowhere.md' leads to no file",
            "README.md: the link to '#no' leads to no heading of README.md",
        ],
        LinkCheck.Problems(
            Pages.Root,
            [Page("README.md", "# Yes, it is", "[1](docs/nowhere.md) [2](#no) [3](#yes-it-is) [4](LICENSE) [5](https://a.org/x.md)")]));

    [Theory]
    [InlineData("| `MaxBatchSize` | 99 | |", "'MaxBatchSize' is said to be '99' by default and is '100'")]
    [InlineData("| `MaxBatchDelay` | 500: items | |", "'MaxBatchDelay' is said to be '500: items' by default and is '500 ms'")]
    [InlineData("| `Most` | 1 | |", "there is a row for 'Most', which is no property")]
    public void A_wrong_default_is_told(string row, string problem) => Assert.Contains(
        $"a.md(1), BridgeOptions: {problem}",
        OptionsCheck.Problems(
            [Page("a.md", "<!-- options: BridgeOptions -->", "", "| option | default | |", "| --- | --- | --- |", row)],
            _shipped, out _));

    [Fact]
    public void A_missing_row_is_told() => Assert.Contains(
        "a.md(1), BridgeOptions: there is no row for 'MaxBatchSize'",
        OptionsCheck.Problems([Page("a.md", "<!-- options: BridgeOptions -->")], _shipped, out _));

    private static Page Page(string name, params string[] lines) => new(name, lines);

    private static void AssertNone(IEnumerable<string> problems) => Assert.True(
        !problems.Any(), string.Join(Environment.NewLine, problems));
}
