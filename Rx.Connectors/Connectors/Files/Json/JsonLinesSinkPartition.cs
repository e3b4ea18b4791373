using System.Reactive.Concurrency;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Files;

/// <summary>Writes items as lines of JSON to another partition.</summary>
internal sealed class JsonLinesSinkPartition<T>(StatefulSinkPartition<string, FilePosition> lines, JsonTypeInfo<T> type)
    : StatefulSinkPartition<T, FilePosition>
{
    private readonly List<string> _lines = [];

    public override void Start(IScheduler scheduler) => lines.Start(scheduler);

    public override void WriteBatch(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _lines.Clear();
        for (var i = 0; i < items.Count; i++)
        {
            _lines.Add(Write(items, i));
        }

        lines.WriteBatch(_lines);
    }

    public override ResumeState<FilePosition> Snapshot() => lines.Snapshot();

    public override ValueTask FlushAsync(CancellationToken cancellationToken) => lines.FlushAsync(cancellationToken);

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return lines.DisposeAsync();
    }

    protected override void Dispose(bool disposing) => lines.Dispose();

    private string Write(IReadOnlyList<T> items, int index)
    {
        try
        {
            return JsonSerializer.Serialize(items[index], type);
        }
        catch (Exception bad)
        {
            throw new SinkWriteException(
                [], [new FailedWrite(index, bad)], [.. Enumerable.Range(0, items.Count).Where(other => other != index)]);
        }
    }
}
