using Rx.Connectors.Sources;

namespace Rx.Connectors.Testing;

/// <summary>How a run of a source ended.</summary>
internal enum RunEnd
{
    /// <summary>As many items were read as were to be.</summary>
    Enough,

    /// <summary>It has completed.</summary>
    Completed,

    /// <summary>It has failed.</summary>
    Failed,

    /// <summary>Nothing came any more.</summary>
    Quiet,
}

/// <summary>One partition from its building to its end, and everything that it has handed out.</summary>
internal sealed class SourceRun<T> : IDisposable
{
    private readonly Findings _findings;
    private readonly Watch _watch;
    private readonly int _most;
    private IDisposable? _signals;

    public SourceRun(CheckContext<T> context, string position, ConformanceScript<T>? script, int most)
    {
        _findings = context.Findings;
        _watch = context.Watch;
        _most = most;
        Script = script;
        IsPatient = context.IsPatient;
        Clock = context.NewClock();
        Partition = _watch.Call("The factory", () => context.Subject.Build(Clock.Scheduler, position, script));
    }

    /// <summary>Whether it counts as quiet only when nothing happens on the clock: more happens inside it than comes out.</summary>
    public bool IsPatient { get; }

    public ConformanceClock Clock { get; }

    public SourcePartition<T> Partition { get; }

    public ConformanceScript<T>? Script { get; }

    public List<T> Items { get; } = [];

    /// <summary>When each item was handed out.</summary>
    public List<DateTimeOffset> At { get; } = [];

    public int Batches { get; private set; }

    public int Largest { get; private set; }

    public RunEnd? End { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>Called after each poll with the number of its items.</summary>
    public Action<int>? AfterPoll { get; set; }

    public void Start() => _watch.Call(nameof(Start), () => Partition.Start(Clock.Scheduler));

    public void Listen() => _signals = Partition.Available?.Subscribe(_ => Clock.Signal(), _ => Clock.Signal());

    /// <summary>Polls once.</summary>
    /// <returns>How many items there were; null at the end.</returns>
    public int? Poll()
    {
        var before = Clock.Virtual?.Clock;
        try
        {
            var batch = _watch.Call(nameof(Partition.NextBatch), Partition.NextBatch);
            CheckTime(before);
            if (batch is null)
            {
                End = RunEnd.Completed;
                return null;
            }

            Take(batch);
            AfterPoll?.Invoke(batch.Count);
            return End is null ? batch.Count : null;
        }
        catch (Exception error) when (error is not EscapedWorkException)
        {
            CheckTime(before);
            Error = error;
            End = RunEnd.Failed;
            return null;
        }
    }

    public void Finish(RunEnd? end) => End ??= end;

    /// <summary>Polls once more after the end.</summary>
    public (RunEnd? End, Exception? Error) PollAgain()
    {
        var ended = (End, Error);
        (End, Error) = (null, null);
        Poll();
        var now = (End, Error);
        (End, Error) = ended;
        return now;
    }

    public void Dispose()
    {
        _signals?.Dispose();
        try
        {
            _watch.Call(nameof(Dispose), Partition.Dispose);
        }
        catch (Exception error) when (error is not EscapedWorkException)
        {
            _findings.Broken("S10", $"Dispose threw {TypeNames.Of(error)}: {error.Message}");
        }
    }

    private void Take(IReadOnlyList<T> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        Batches++;
        Largest = Math.Max(Largest, batch.Count);
        foreach (var item in batch)
        {
            Items.Add(item);
            At.Add(Clock.Now);
        }

        if (Items.Count >= _most)
        {
            End = RunEnd.Enough;
        }
    }

    private void CheckTime(long? before)
    {
        if (before is { } time && Clock.Virtual!.Clock is var now && now != time)
        {
            _findings.Broken("S1", $"{TimeSpan.FromTicks(now - time)} of virtual time passed inside NextBatch, after {Items.Count} items");
        }
    }
}
