// CommitLoop PATH FLOW commit|idle: opens an execution and prints "open NUMBER EPOCH", or "refused" and why.
// commit: commits epoch after epoch, all partitions with the epoch's number as their state, and prints each number once its
// commit has returned. idle: holds the execution until standard input ends.
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;

const int Partitions = 5;
var (path, flow, commits) = (args[0], args[1], args[2] == "commit");
IRecoveryExecution execution;
try
{
    execution = await new SqliteRecoveryStore(path).OpenAsync(flow, takeOver: false, CancellationToken.None);
}
catch (ExecutionAliveException e)
{
    Console.WriteLine($"refused {e.Message}");
    return 3;
}

await using (execution)
{
    Console.WriteLine($"open {execution.Number} {execution.LastEpoch}");
    for (var epoch = execution.LastEpoch + 1; commits; epoch++)
    {
        var states = Enumerable.Range(0, Partitions)
            .Select(i => new StoredState(StateKind.Source, "in", $"p{i}", $"{epoch}"));
        await execution.CommitAsync(
            new EpochCommit(epoch, DateTimeOffset.UnixEpoch.AddSeconds(epoch), [.. states]), CancellationToken.None);
        Console.WriteLine(epoch);
    }

    await Console.In.ReadToEndAsync();
}

return 0;
