using System.Reactive.Concurrency;
using Rx.Connectors.Scheduling;
using Rx.Connectors.Sinks;

namespace Rx.Connectors.Testing;

/// <summary>A sink over writes that the kit scripts: K1 to K6.</summary>
internal sealed class WriteChecks<T>(
    Func<int, T> item, Func<Func<T, CancellationToken, Task>, IScheduler, SinkPartition<T>> build, SinkConformanceOptions options,
    Findings findings, ClockKind kind, Watch watch) where T : notnull
{
    private const int Count = 8;
    private const int Bad = 3;

    private readonly T[] _items = [.. Enumerable.Range(0, Count).Select(item)];

    public void Run()
    {
        findings.NotChecked("K7", "the destination is not seen; use Of");
        CheckConfirmed(TimeSpan.FromMilliseconds(10));
        CheckConfirmed(TimeSpan.Zero);
        CheckFailure();
        CheckRetry();
        CheckHang();
        CheckContext();
    }

    private static string Words(Exception? error) => error is null ? "it returned" : $"{TypeNames.Of(error)}: {error.Message}";

    // Writes the batch and returns what came of it.
    private Exception? Write(Func<IScheduler, ScriptedWrite<T>> script, out ScriptedWrite<T> write, out TimeSpan time)
    {
        var clock = new ConformanceClock(kind, options.Patience);
        var scripted = write = script(clock.Scheduler);
        using var partition = watch.Call("The factory", () => build(scripted.WriteAsync, clock.Scheduler));
        partition.Start(clock.Scheduler);
        var before = clock.Now;
        try
        {
            watch.Call(nameof(partition.WriteBatch), () => partition.WriteBatch([.. _items]));
            return null;
        }
        catch (Exception error) when (error is not EscapedWorkException)
        {
            return error;
        }
        finally
        {
            time = clock.Now - before;
        }
    }

    private void CheckConfirmed(TimeSpan takes)
    {
        var error = Write(clock => new ScriptedWrite<T>(clock) { Takes = takes }, out var write, out _);
        if (error is not null)
        {
            findings.Broken("K1", $"every write completes after {takes}, and WriteBatch throws {Words(error)}");
            return;
        }

        if (write.Written.Count < Count)
        {
            findings.Broken("K1", $"WriteBatch returned when {write.Written.Count} of {Count} writes had completed");
        }

        if (write.MostInFlight > options.MaxConcurrency)
        {
            findings.Broken("K2", $"{write.MostInFlight} writes were in flight at once, and MaxConcurrency is {options.MaxConcurrency}");
        }
        else if (!write.Begun.Take(Count).SequenceEqual(_items))
        {
            findings.Broken("K2", $"the writes began in the order {string.Join(", ", write.Begun)}");
        }

        findings.Holds("K1", $"{Count} writes completed before WriteBatch returned");
        findings.Holds("K2", $"in order, at most {options.MaxConcurrency} at a time");
    }

    private void CheckFailure()
    {
        var error = Write(
            clock => new ScriptedWrite<T>(clock) { Failures = { [_items[Bad]] = int.MaxValue } }, out var write, out _);
        if (error is not SinkWriteException failure)
        {
            findings.Broken("K3", $"a write fails for ever; instead of a SinkWriteException {Words(error)}");
            return;
        }

        var confirmed = Indices(index => write.Written.Contains(_items[index]));
        var notTried = Indices(index => !write.Begun.Contains(_items[index]));
        var failed = Indices(index => !confirmed.Contains(index) && !notTried.Contains(index));
        var told = failure.Failed.Select(static one => one.Index).ToArray();
        if (!failure.Confirmed.SequenceEqual(confirmed) || !told.SequenceEqual(failed) || !failure.NotTried.SequenceEqual(notTried))
        {
            findings.Broken(
                "K3", $"it says confirmed [{List(failure.Confirmed)}], failed [{List(told)}], never tried [{List(failure.NotTried)}], and " +
                $"it was [{List(confirmed)}], [{List(failed)}], [{List(notTried)}]");
        }

        findings.Holds("K3", $"confirmed [{List(confirmed)}], failed [{List(failed)}], never tried [{List(notTried)}], as it was");
    }

    private void CheckRetry()
    {
        var error = Write(clock => new ScriptedWrite<T>(clock) { Failures = { [_items[Bad]] = 1 } }, out var write, out _);
        var tries = _items.Select(one => write.Begun.Count(begun => begun.Equals(one))).ToArray();
        if (Indices(index => index != Bad && tries[index] > 1) is { Length: > 0 } again)
        {
            findings.Broken("K5", $"the write {Bad} fails once, and [{List(again)}] are written again though they were confirmed");
            return;
        }

        if (tries[Bad] <= 1)
        {
            findings.NotChecked("K5", "it does not retry");
            return;
        }

        var at = Enumerable.Range(0, write.Begun.Count).Where(index => write.Begun[index].Equals(_items[Bad])).ToArray();
        if (write.BegunAt[at[1]] - write.BegunAt[at[0]] <= write.Takes)
        {
            findings.Broken("K5", "it retries at once, without waiting");
        }
        else if (error is not null)
        {
            findings.Broken("K5", $"the write {Bad} fails once and is written again; still {Words(error)}");
        }

        findings.Holds("K5", $"the write {Bad} alone was tried again, {write.BegunAt[at[1]] - write.BegunAt[at[0]] - write.Takes} later");
    }

    private void CheckHang()
    {
        var error = Write(clock => new ScriptedWrite<T>(clock) { Hangs = one => one.Equals(_items[Bad]) }, out var write, out var time);
        var timeouts = error is SinkWriteException { Failed: var failed } ? failed.Select(static one => one.Exception) : [error!];
        if (error is SchedulerDeadlockException)
        {
            findings.Broken("K4", "a write that never completes is waited for without end");
        }
        else if (!timeouts.Any(static one => one is TimeoutException))
        {
            findings.Broken("K4", $"a write never completes; instead of a TimeoutException {Words(error)}");
        }
        else if (options.Timeout is { } most && time > most + (Count * write.Takes) && kind != ClockKind.Real)
        {
            findings.Broken("K4", $"a write that never completes ended after {time}, and Timeout is {most}");
        }
        else if (!write.IsCancelled)
        {
            findings.Broken("K4", "a write that never completes is given up, and not cancelled");
        }

        findings.Holds("K4", $"a write that never completes ended after {(kind == ClockKind.Real ? "its timeout" : time)}");
    }

    private void CheckContext()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new BusyContext());
        try
        {
            var error = Write(static clock => new ScriptedWrite<T>(clock), out _, out _);
            if (error is not null && !findings.IsBroken("K1"))
            {
                findings.Broken("K6", $"under a context whose thread is the one that writes: {Words(error)}");
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        findings.Holds("K6", "written under a context whose thread is the one that writes");
        findings.NotChecked("K6", "a starved thread pool");
    }

    private static string List(IEnumerable<int> indices) => string.Join(' ', indices);

    private static int[] Indices(Func<int, bool> condition) => [.. Enumerable.Range(0, Count).Where(condition)];

    /// <summary>A context with one thread, which never gets round to what is posted, since it waits in WriteBatch.</summary>
    private sealed class BusyContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }

        public override SynchronizationContext CreateCopy() => this;
    }
}
