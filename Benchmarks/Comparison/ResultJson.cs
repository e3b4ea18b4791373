using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.Connectors.Benchmarks;

/// <summary>How results are saved and read again.</summary>
internal static class ResultJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
