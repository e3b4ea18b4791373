using System.Globalization;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Executions in several processes, and processes that are killed.</summary>
[Trait("speed", "slow")]
public sealed class SqliteProcessTests : IDisposable
{
    private readonly StoreFolder _folder = new(onDisk: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task F3_a_killed_process_leaves_every_epoch_that_it_reported_and_none_in_part()
    {
        var random = new Random(20);
        var (reported, committed) = (0L, 0L);
        for (var kill = 1; kill <= 20; kill++)
        {
            using (var process = CommitLoopProcess.Commits(_folder.Store))
            {
                for (var lines = random.Next(20); lines > 0; lines--)
                {
                    var line = await process.ReadLineAsync();
                    Assert.NotNull(line);
                    Assert.DoesNotContain("refused", line, StringComparison.Ordinal);
                    reported = line.StartsWith("open", StringComparison.Ordinal)
                        ? reported
                        : long.Parse(line, CultureInfo.InvariantCulture);
                }

                // Not only just after a commit.
                await Task.Delay(random.Next(40));
                reported = Math.Max(reported, await process.KillAsync());
            }

            await using var execution = await _folder.Open();
            Assert.True(execution.LastEpoch >= reported, $"Epoch {reported} was reported, {execution.LastEpoch} is the last.");
            Assert.True(execution.LastEpoch >= committed, $"Epoch {committed} was there, {execution.LastEpoch} is the last.");
            Assert.All(execution.States, state => Assert.Equal($"{execution.LastEpoch}", state.State));
            Assert.Equal(execution.LastEpoch == 0 ? 0 : 5, execution.States.Count);
            committed = execution.LastEpoch;
        }

        Assert.True(committed > 20, $"Only {committed} epochs.");
        Assert.Equal(["store.db"], _folder.Files());
    }

    [Fact]
    public async Task Open_while_another_process_is_alive_names_it()
    {
        using var process = CommitLoopProcess.Idles(_folder.Store);
        Assert.Equal("open 1 0", await process.ReadLineAsync());
        var alive = await Assert.ThrowsAsync<ExecutionAliveException>(async () => await _folder.Open());
        Assert.Contains(
            $"Execution 1 of flow 'flow' is alive: process {process.Id} on host '{Environment.MachineName}' holds " +
            $"'{_folder.Store}.flow1.execution1.lock'.",
            alive.Message, StringComparison.Ordinal);
        await process.EndAsync();
        await using var execution = await _folder.Open();
        Assert.Equal(2, execution.Number);
    }

    [Fact]
    public async Task Take_over_from_a_process_that_hangs_needs_no_help_of_it()
    {
        using var process = CommitLoopProcess.Idles(_folder.Store);
        Assert.Equal("open 1 0", await process.ReadLineAsync());
        await using var execution = await _folder.Open(takeOver: true);
        Assert.Equal(2, execution.Number);
        await execution.CommitAsync(StoreFolder.Epoch(1, "a"), CancellationToken.None);
        Assert.Contains("store.db.flow1.execution1.lock", _folder.Files());
    }

    [Fact]
    public async Task Of_several_processes_that_open_at_once_one_wins()
    {
        var processes = Enumerable.Range(0, 4).Select(_ => CommitLoopProcess.Idles(_folder.Store)).ToArray();
        var lines = await Task.WhenAll(processes.Select(process => process.ReadLineAsync().AsTask()));
        Assert.Single(lines, line => line == "open 1 0");
        Assert.Equal(3, lines.Count(line => line!.StartsWith("refused Execution 1 of flow 'flow' is alive", StringComparison.Ordinal)));
        foreach (var process in processes)
        {
            process.Dispose();
        }
    }

    [Fact]
    public async Task Of_several_threads_that_open_at_once_one_wins()
    {
        for (var round = 0; round < 25; round++)
        {
            var store = new SqliteRecoveryStore(_folder.File($"{round}.db"));
            using var together = new Barrier(8);
            var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    try
                    {
                        return store.OpenAsync("flow", false, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                    }
                    catch (ExecutionAliveException)
                    {
                        return null;
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            await using var won = Assert.Single(opened, execution => execution is not null);
            Assert.Equal(1, won!.Number);
        }

        Assert.All(_folder.Files(), file => Assert.EndsWith(".db", file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flows_that_commit_at_once_to_one_file_wait_for_each_other()
    {
        var flows = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            await using var execution = await _folder.Open(flow: $"flow {i}");
            for (var number = 1; number <= 50; number++)
            {
                await execution.CommitAsync(StoreFolder.Epoch(number, "a", "b"), CancellationToken.None);
            }

            return i;
        })));
        foreach (var i in flows)
        {
            await using var execution = await _folder.Open(flow: $"flow {i}");
            Assert.Equal(50, execution.LastEpoch);
            Assert.All(execution.States, state => Assert.Equal("50", state.State));
        }
    }
}
