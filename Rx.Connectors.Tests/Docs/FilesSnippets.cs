using System.Text.Json.Serialization;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Connectors.Files;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/files.md, line by line, and that it does what the page says.</summary>
public sealed class FilesSnippets
{
    [Fact]
    public async Task Copies_the_lines_of_all_files_that_the_pattern_chooses()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["incoming"]);
        folder.Write("incoming/a.log", "a1\na2");
        folder.Write("incoming/b.log", "b1\n");
        folder.Write("incoming/b.txt", "no\n");
        await Copy(folder["incoming"], folder["all.log"]);
        Assert.Equal(["A1", "A2", "B1"], File.ReadLines(folder["all.log"]).Order());
    }

    [Fact]
    public void Follow_is_an_option() => Assert.NotNull(Follow());

    private static async Task Copy(string incoming, string all)
    {
        // snippet: files-copy
        var flow = new Dataflow("copy");
        flow.Input("in", new DirSource(incoming, "*.log"))
            .Select(line => line.ToUpperInvariant())
            .Output("out", new FileSink(all), key: line => line);
        await flow.RunAsync();
        // end-snippet
    }

    [Fact]
    public async Task Copies_JSON_Lines_item_by_item()
    {
        using var folder = new TempFolder();
        folder.Write("in", "{\"Id\":\"a\",\"Amount\":0}\n{\"Id\":\"b\",\"Amount\":2.50}\n");
        await CopyOrders(folder["in"], folder["out"]);
        Assert.Equal("{\"Id\":\"b\",\"Amount\":2.50}\n", await File.ReadAllTextAsync(folder["out"], TestContext.Current.CancellationToken));
    }

    private static async Task CopyOrders(string incoming, string outgoing)
    {
        // snippet: files-json
        var flow = new Dataflow("orders");
        flow.Input("in", new JsonLinesSource<Order>(incoming, OrderJson.Default.Order))
            .Where(order => order.Amount > 0)
            .Output("out", new JsonLinesSink<Order>(outgoing, OrderJson.Default.Order), key: order => order.Id);
        await flow.RunAsync();
        // end-snippet
    }

    private static FileSource Follow()
    {
        // snippet: files-follow
        var source = new FileSource("/var/log/app.log", new FileSourceOptions
        {
            Follow = new FileFollowOptions { PollInterval = TimeSpan.FromSeconds(1) },
        });
        // end-snippet
        return source;
    }

    internal sealed record Order(string Id, decimal Amount);
}

[JsonSerializable(typeof(FilesSnippets.Order))]
internal sealed partial class OrderJson : JsonSerializerContext;
