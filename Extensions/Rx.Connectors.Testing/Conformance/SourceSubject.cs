using System.Reactive.Concurrency;
using System.Text.Json;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>A source that is checked: how to build it, and its positions as the JSON that a store keeps of them.</summary>
internal abstract class SourceSubject<T>
{
    /// <summary>The text of no position.</summary>
    public const string None = """{"$resume":[]}""";

    /// <summary>What a scripted client sends; null where the client is the connector's own.</summary>
    public Func<int, T>? Item { get; init; }

    /// <summary>Whether the scripted client is an observable.</summary>
    public bool IsPushed { get; init; }

    public abstract bool HasPositions { get; }

    public abstract SourcePartition<T> Build(IScheduler clock, string position, ConformanceScript<T>? script);

    /// <summary>A snapshot as the object that it is.</summary>
    public abstract object Snapshot(SourcePartition<T> partition);

    public abstract string Write(object position);

    /// <summary>What a text becomes that is read and written again.</summary>
    public abstract string RoundTrip(string position);

    public abstract void Commit(SourcePartition<T> partition, object position);
}

/// <summary>A source without positions.</summary>
internal sealed class StatelessSubject<T>(Func<IScheduler, ConformanceScript<T>?, StatelessSourcePartition<T>> build) : SourceSubject<T>
{
    public override bool HasPositions => false;

    public override SourcePartition<T> Build(IScheduler clock, string position, ConformanceScript<T>? script) => build(clock, script);

    public override object Snapshot(SourcePartition<T> partition) => None;

    public override string Write(object position) => None;

    public override string RoundTrip(string position) => position;

    public override void Commit(SourcePartition<T> partition, object position)
    {
    }
}

/// <summary>A source with positions.</summary>
internal sealed class StatefulSubject<T, TPosition>(
    Func<IScheduler, ResumeState<TPosition>, ConformanceScript<T>?, StatefulSourcePartition<T, TPosition>> build) : SourceSubject<T>
{
    private static readonly JsonSerializerOptions _options = new() { IncludeFields = true };

    public override bool HasPositions => true;

    public override SourcePartition<T> Build(IScheduler clock, string position, ConformanceScript<T>? script) =>
        build(clock, Read(position), script);

    public override object Snapshot(SourcePartition<T> partition) => ((StatefulSourcePartition<T, TPosition>)partition).Snapshot();

    public override string Write(object position) => JsonSerializer.Serialize((ResumeState<TPosition>)position, _options);

    public override string RoundTrip(string position) => Write(Read(position));

    public override void Commit(SourcePartition<T> partition, object position)
    {
        if (((ResumeState<TPosition>)position).TryGetValue(out var value))
        {
            ((StatefulSourcePartition<T, TPosition>)partition).OnCommitted(value);
        }
    }

    private static ResumeState<TPosition> Read(string position) =>
        JsonSerializer.Deserialize<ResumeState<TPosition>>(position, _options);
}
