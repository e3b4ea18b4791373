using System.Text.Json;
using System.Text.Json.Serialization;
using Rx.Connectors.Files;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

if (args is not [var incoming, var all, var positions])
{
    await Console.Error.WriteLineAsync("usage: AotCopy DIRECTORY COPY POSITIONS");
    return 2;
}

var flow = new Dataflow("copy");
flow.Input("logs", new DirSource(incoming, "*.log"))
    .Select(line => line.ToUpperInvariant())
    .Output("all", new FileSink(all), key: _ => "");

var result = await flow.RunAsync(new FlowOptions
{
    Recovery = new RecoveryOptions
    {
        Store = new SqliteRecoveryStore(positions),
        Serializer = new JsonSerializerOptions { TypeInfoResolver = Positions.Default },
    },
});
Console.WriteLine($"wrote {result.ItemsWritten}, resumed: {result.Resume?.IsResumed}");
return 0;

/// <summary>The types of the positions: a program that is compiled natively has no reflection to find out what is in them.</summary>
[JsonSerializable(typeof(FilePosition))]
internal sealed partial class Positions : JsonSerializerContext;
