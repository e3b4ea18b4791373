using System.Reactive.Concurrency;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Recovery;
using Xunit;

namespace Rx.Connectors.Tests.Docs;

/// <summary>What docs/recovery-sqlite.md shows.</summary>
public sealed class RecoverySqliteSnippets
{
    [Fact]
    public void Stores_are_made_without_touching_the_disk()
    {
        Assert.Equal("/var/lib/orders/recovery.db", Made().FilePath.Replace('\\', '/')[^27..]);
        Assert.Equal("/var/lib/orders/recovery.db", GoingBack().FilePath.Replace('\\', '/')[^27..]);
    }

    [Fact]
    public async Task An_execution_shows_its_states_and_commits()
    {
        using var folder = new StoreFolder();
        var store = new SqliteRecoveryStore(folder.Store);
        await RunAsync(store, new VirtualScheduler(), CancellationToken.None);
        await RunAsync(store, new VirtualScheduler(), CancellationToken.None);
        Assert.Equal(["orders|source|trades|EURUSD|2|{\"offset\":42}"], folder.Query("SELECT * FROM position"));
    }

    private static SqliteRecoveryStore Made()
    {
        // snippet: sqlite-store
        var store = new SqliteRecoveryStore("/var/lib/orders/recovery.db");
        // end-snippet
        return store;
    }

    private static SqliteRecoveryStore GoingBack()
    {
        // snippet: sqlite-resume
        var store = new SqliteRecoveryStore(
            "/var/lib/orders/recovery.db",
            new SqliteRecoveryOptions { BackupInterval = TimeSpan.FromDays(2), ResumeEpoch = 1041 });
        // end-snippet
        return store;
    }

    private static async Task RunAsync(IRecoveryStore store, IScheduler scheduler, CancellationToken cancellationToken)
    {
        // snippet: sqlite-execution
        await using var execution = await store.OpenAsync("orders", takeOver: false, cancellationToken);
        foreach (var state in execution.States)
        {
            Console.WriteLine($"{state.Kind} {state.Step} {state.Partition} is at {state.State}");
        }

        await execution.CommitAsync(
            new EpochCommit
            {
                Number = execution.LastEpoch + 1,
                ClosedAt = scheduler.Now,
                Changes = [new() { Kind = StepKind.Source, Step = "trades", Partition = "EURUSD", State = """{"offset":42}""" }],
            },
            cancellationToken);
        // end-snippet
    }
}
