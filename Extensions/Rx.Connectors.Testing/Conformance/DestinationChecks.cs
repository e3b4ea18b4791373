using System.Reactive.Concurrency;
using System.Text.Json;
using Rx.Connectors.Sinks;
using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>A sink whose destination can be read: K1, K2, K7, and what a restart repeats.</summary>
internal sealed class DestinationChecks<T, TPosition>(
    Func<int, T> item, Func<IScheduler, ResumeState<TPosition>, SinkPartition<T>> build, Func<IReadOnlyList<T>> written,
    SinkConformanceOptions options, Findings findings, ClockKind kind, Watch watch) where T : notnull
{
    private const int Batches = 4;

    private static readonly JsonSerializerOptions _json = new() { IncludeFields = true };

    // Every run writes items of its own, so that the destination may keep those of the runs before.
    private int _next;
    private int _mostLost;
    private int _mostExtra;
    private int _runs;

    public void Run()
    {
        foreach (var rule in new[] { "K3", "K4", "K5", "K6" })
        {
            findings.NotChecked(rule, "its writes are its own; use OverWrites");
        }

        CheckWrites();
        var isStateful = false;
        for (var cut = 0; cut <= Batches; cut++)
        {
            for (var ahead = 0; cut + ahead <= Batches; ahead++)
            {
                isStateful |= CheckCut(cut, ahead);
            }
        }

        findings.Guarantee = (_mostLost, _mostExtra) switch
        {
            (0, 0) => "exactly once",
            (0, _) => $"at least once, at most {_mostExtra} repeated",
            (_, 0) => $"loses up to {_mostLost}",
            _ => $"loses up to {_mostLost} and repeats up to {_mostExtra}",
        };
        if (isStateful)
        {
            findings.Holds("K7", $"cut at {_runs} places, with 0 to {Batches} batches written after the snapshot");
        }
        else
        {
            findings.NotChecked("K7", "it has no positions");
        }
    }

    private void CheckWrites()
    {
        var batches = NewItems();
        using var partition = Open(ResumeState<TPosition>.None);
        var all = new List<T>();
        foreach (var batch in batches)
        {
            Write(partition, batch);
            all.AddRange(batch);
            var held = Held(batches);
            var difference = new Difference<T>(all, held, EqualityComparer<T>.Default);
            if (difference.Lost.Count > 0)
            {
                findings.Broken("K1", $"when WriteBatch returns the destination has {held.Count} items: {difference}");
            }
            else if (!difference.IsNone)
            {
                findings.Broken("K2", $"when WriteBatch returns: {difference}");
            }
        }

        findings.Holds("K1", $"{all.Count} items, in the destination when WriteBatch returns");
        findings.Holds("K2", $"{all.Count} items in their order");
    }

    // Snapshot after some batches, more batches after it, then a new partition from the snapshot writes the rest.
    private bool CheckCut(int cut, int ahead)
    {
        var batches = NewItems();
        string position;
        using (var first = Open(ResumeState<TPosition>.None))
        {
            foreach (var batch in batches.Take(cut))
            {
                Write(first, batch);
            }

            position = Snapshot(first);
            foreach (var batch in batches.Skip(cut).Take(ahead))
            {
                Write(first, batch);
            }
        }

        var isStateful = position.Length > 0;
        using (var second = Open(isStateful ? Read(position) : ResumeState<TPosition>.None))
        {
            foreach (var batch in batches.Skip(cut))
            {
                Write(second, batch);
            }
        }

        var all = batches.SelectMany(static batch => batch).ToArray();
        var held = Held(batches);
        var difference = new Difference<T>(all, held, EqualityComparer<T>.Default);
        _mostLost = Math.Max(_mostLost, findings.IsBroken("K1") ? 0 : difference.Lost.Count);
        _mostExtra = Math.Max(_mostExtra, difference.Extra.Count);
        _runs++;
        if (isStateful && !difference.IsNone && !findings.IsBroken("K1") && !findings.IsBroken("K2"))
        {
            findings.Broken("K7", $"snapshot {position} after {cut} batches, {ahead} more written, resumed: {difference}");
        }

        return isStateful;
    }

    private string Snapshot(SinkPartition<T> partition)
    {
        if (partition is not StatefulSinkPartition<T, TPosition> stateful)
        {
            return "";
        }

        var text = JsonSerializer.Serialize(stateful.Snapshot(), _json);
        if (JsonSerializer.Serialize(stateful.Snapshot(), _json) is var again && again != text)
        {
            findings.Broken("K7", $"two snapshots without a write in between differ: {text} and {again}");
        }

        if (JsonSerializer.Serialize(Read(text), _json) is var read && read != text)
        {
            findings.Broken("K7", $"the position {text} comes back from JSON as {read}");
        }

        return text;
    }

    private static ResumeState<TPosition> Read(string text) => JsonSerializer.Deserialize<ResumeState<TPosition>>(text, _json);

    private SinkPartition<T> Open(ResumeState<TPosition> resume)
    {
        var clock = new ConformanceClock(kind, options.Patience);
        var partition = watch.Call("The factory", () => build(clock.Scheduler, resume));
        partition.Start(clock.Scheduler);
        return partition;
    }

    private void Write(SinkPartition<T> partition, T[] batch) =>
        watch.Call(nameof(partition.WriteBatch), () => partition.WriteBatch(batch));

    private List<T[]> NewItems() => [.. Enumerable.Range(1, Batches).Select(count =>
        Enumerable.Range(0, count).Select(_ => item(_next++)).ToArray())];

    private List<T> Held(List<T[]> batches)
    {
        var own = batches.SelectMany(static batch => batch).ToHashSet();
        return [.. written().Where(own.Contains)];
    }
}
