using System.Text.Json.Serialization;
using Rx.Connectors.Flows;

namespace Rx.Connectors.Playground.Infrastructure;

/// <summary>A run that has ended well.</summary>
internal sealed record FlowReport(FlowResult Result, FlowProgress Progress, TimeSpan Elapsed)
{
    public bool WasStopped => Result.Outcome == FlowOutcome.Stopped;

    public JsonReport ToJson() =>
        new(Result.ItemsRead, Result.Batches, Result.ItemsWritten, Math.Round(Elapsed.TotalSeconds, 3));
}

/// <summary>What <c>--json</c> prints. Scripts read it, so the names stay.</summary>
internal sealed record JsonReport(
    [property: JsonPropertyName("items")] long Items,
    [property: JsonPropertyName("batches")] long Batches,
    [property: JsonPropertyName("written")] long Written,
    [property: JsonPropertyName("elapsed_s")] double ElapsedSeconds);

[JsonSerializable(typeof(JsonReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
