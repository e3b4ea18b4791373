// CommitLoop PATH FLOW commit|idle: opens an execution and prints "open NUMBER EPOCH", or "refused" and why.
// CommitLoop PATH FLOW measure STATES [COMMITS]: says how long commits of so many changed states take.
// commit: commits epoch after epoch, all partitions with the epoch's number as their state, and prints each number once its
// commit has returned. idle: holds the execution until standard input ends.
using System.Diagnostics;
using System.Globalization;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

const int Partitions = 5;
var (path, flow, commits) = (args[0], args[1], args[2] == "commit");
IRecoveryExecution execution;
try
{
    execution = await new SqliteRecoveryStore(path).OpenAsync(flow, takeOver: false, CancellationToken.None);
}
catch (RecoveryStoreException e)
{
    Console.WriteLine($"refused {e.Message}");
    return 3;
}

await using (execution)
{
    Console.WriteLine($"open {execution.Number} {execution.LastEpoch}");
    if (args[2] == "measure")
    {
        await MeasureAsync(execution, Number(args[3]), args.Length > 4 ? Number(args[4]) : 200);
        return 0;
    }

    for (var epoch = execution.LastEpoch + 1; commits; epoch++)
    {
        var states = Enumerable.Range(0, Partitions)
            .Select(i => new StoredPosition { Kind = StepKind.Source, Step = "in", Partition = $"p{i}", State = $"{epoch}" });
        await execution.CommitAsync(
            new EpochCommit { Number = epoch, ClosedAt = DateTimeOffset.UnixEpoch.AddSeconds(epoch), Changes = [.. states] }, CancellationToken.None);
        Console.WriteLine(epoch);
    }

    await Console.In.ReadToEndAsync();
}

return 0;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static async Task MeasureAsync(IRecoveryExecution execution, int states, int commits)
{
    var taken = new List<double>();
    for (var epoch = execution.LastEpoch + 1; taken.Count < commits; epoch++)
    {
        StoredPosition[] changes =
        [
            .. Enumerable.Range(0, states)
                .Select(i => new StoredPosition
                {
                    Kind = StepKind.Source, Step = "orders", Partition = $"partition-{i:00000}", State = $$"""{"offset":{{epoch}}}""",
                }),
        ];
        var start = Stopwatch.GetTimestamp();
        await execution.CommitAsync(
            new EpochCommit { Number = epoch, ClosedAt = DateTimeOffset.UnixEpoch.AddSeconds(epoch), Changes = changes }, CancellationToken.None);
        taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    taken.Sort();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{states} states: median {taken[commits / 2]:0.00} ms, 99th percentile {taken[commits * 99 / 100]:0.00} ms"));
}
