using Rx.Connectors.Bridging;
using Rx.Connectors.Csv;
using Rx.Connectors.Flows;
using Rx.Connectors.Tests.Connectors.Csv;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>The code of docs/csv.md, and that it does what the page says.</summary>
public sealed class CsvSnippets
{
    [Fact]
    public async Task Rows_become_orders()
    {
        using var file = new CsvFile("id,amount\n1,2.50\n2,3\n");
        var path = file.Path;
        var orders = new List<(int Id, decimal Amount)>();
        // snippet: csv
        var flow = new Dataflow("orders");
        flow.Input("rows", new CsvSource(path))
            .Select(row => (Id: int.Parse(row["id"]), Amount: decimal.Parse(row["amount"])))
            .Output("list", Bridge.To<(int Id, decimal Amount)>((order, _) =>
            {
                orders.Add(order);
                return Task.CompletedTask;
            }).ToSink());
        await flow.RunAsync();
        // end-snippet
        Assert.Equal([(1, 2.50m), (2, 3m)], orders);
    }
}
