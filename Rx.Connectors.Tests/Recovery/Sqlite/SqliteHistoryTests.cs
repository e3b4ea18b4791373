using CsCheck;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>How long older epochs stay, and going back to one.</summary>
[Trait("speed", "slow")]
public sealed class SqliteHistoryTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_backup_interval_the_newest_epoch_is_all_that_is_kept()
    {
        await using var execution = await _folder.Open();
        for (var number = 1; number <= 40; number++)
        {
            await execution.CommitAsync(StoreFolder.Epoch(number, "a", $"{number % 4}"), CancellationToken.None);
            Assert.Equal([$"{number}"], _folder.Query("SELECT number FROM epoch"));
            Assert.Equal([$"{1 + Math.Min(number, 4)}"], _folder.Query("SELECT count(*) FROM state"));
        }

        await execution.CommitAsync(
            new EpochCommit(41, StoreFolder.Start.AddSeconds(41), [new(StepKind.Source, "in", "a", null)]), CancellationToken.None);
        Assert.Equal(["4|40"], _folder.Query("SELECT count(*), max(epoch) FROM state"));
    }

    [Fact]
    public async Task Backup_interval_keeps_each_epoch_for_as_long_and_no_longer()
    {
        await using var execution = await _folder.Open(new() { BackupInterval = TimeSpan.FromSeconds(10) });
        for (var number = 1; number <= 30; number++)
        {
            await execution.CommitAsync(StoreFolder.Epoch(number, "a"), CancellationToken.None);

            // One a second: the state of ten seconds ago can still be had.
            Assert.Equal([$"{Math.Max(1, number - 10)}|{number}"], _folder.Query("SELECT min(number), max(number) FROM epoch"));
            Assert.Equal([$"{Math.Max(1, number - 10)}|{number}"], _folder.Query("SELECT min(epoch), max(epoch) FROM state"));
        }
    }

    [Fact]
    public async Task A_shorter_backup_interval_is_worked_off_by_several_commits()
    {
        await _folder.Fill(1, 50, "a");
        await using var execution = await _folder.Open();
        foreach (var (number, oldest) in new[] { (51, 17), (52, 33), (53, 49), (54, 54) })
        {
            await execution.CommitAsync(StoreFolder.Epoch(number, "a"), CancellationToken.None);
            Assert.Equal([$"{oldest}"], _folder.Query("SELECT min(number) FROM epoch"));
        }
    }

    [Fact]
    public async Task A_clock_set_back_does_not_keep_epochs_until_it_has_caught_up()
    {
        await using var execution = await _folder.Open(new() { BackupInterval = TimeSpan.FromSeconds(2) });
        for (var number = 1; number <= 20; number++)
        {
            var at = number <= 5 ? StoreFolder.Start.AddYears(3) : StoreFolder.Start.AddSeconds(number);
            await execution.CommitAsync(new EpochCommit(number, at, [new(StepKind.Source, "in", "a", $"{number}")]), CancellationToken.None);
        }

        Assert.Equal(["18", "19", "20"], _folder.Query("SELECT number FROM epoch"));
    }

    [Fact]
    public async Task Resume_epoch_goes_back_for_good()
    {
        await _folder.Fill(1, 9, "a");
        await using (var back = await _folder.Open(new() { ResumeEpoch = 4, BackupInterval = TimeSpan.MaxValue }))
        {
            Assert.Equal((2, 4), (back.Number, back.LastEpoch));
            Assert.Equal(["4"], back.States.Select(state => state.State));
            await back.CommitAsync(StoreFolder.Epoch(5, "b"), CancellationToken.None);
        }

        await using var execution = await _folder.Open();
        Assert.Equal(5, execution.LastEpoch);
        Assert.Equal(["a 4", "b 5"], execution.States.Select(state => $"{state.Partition} {state.State}"));
    }

    [Fact]
    public async Task Resume_epoch_that_is_not_kept_says_what_is_and_changes_nothing()
    {
        await using (var execution = await _folder.Open(new() { BackupInterval = TimeSpan.FromSeconds(3) }))
        {
            for (var number = 1; number <= 9; number++)
            {
                await execution.CommitAsync(StoreFolder.Epoch(number, "a"), CancellationToken.None);
            }
        }

        foreach (var gone in new[] { 5, 10 })
        {
            var refused = await Assert.ThrowsAsync<RecoveryStoreException>(async () => await _folder.Open(new() { ResumeEpoch = gone }));
            Assert.Contains(
                $"does not keep epoch {gone} of flow 'flow', from which ResumeEpoch is to resume. It keeps epochs 6 to 9.",
                refused.Message, StringComparison.Ordinal);
        }

        var none = await Assert.ThrowsAsync<RecoveryStoreException>(
            async () => await _folder.Open(new() { ResumeEpoch = 1 }, flow: "other"));
        Assert.Contains("It keeps none.", none.Message, StringComparison.Ordinal);
        await using var next = await _folder.Open();
        Assert.Equal((2, 9), (next.Number, next.LastEpoch));
    }

    [Fact]
    public async Task Resume_epoch_does_not_act_where_the_opening_is_refused()
    {
        await _folder.Fill(1, 9, "a");
        await using (await _folder.Open(new() { BackupInterval = TimeSpan.MaxValue }))
        {
            await Assert.ThrowsAsync<ExecutionAliveException>(async () => await _folder.Open(new() { ResumeEpoch = 4 }));
        }

        await using var next = await _folder.Open();
        Assert.Equal(9, next.LastEpoch);
    }

    [Fact]
    public void Any_kept_epoch_is_restored_as_it_was() =>
        Gen.Select(Gen.Int[0, 12], Gen.Select(Gen.Int[0, 4], Gen.Bool).Array[0, 4].Array[1, 40], Gen.Int[0, 99]).Sample(
            (interval, epochs, pick) => RestoredAsItWas(interval, epochs, pick).GetAwaiter().GetResult(), iter: 60, threads: 1);

    [Theory]
    [InlineData(nameof(HistoryTrimmer.DeleteReplaced), HistoryTrimmer.DeleteReplaced)]
    [InlineData(nameof(HistoryTrimmer.DeleteTaken), HistoryTrimmer.DeleteTaken)]
    [InlineData(nameof(HistoryTrimmer.DeleteEpochs), HistoryTrimmer.DeleteEpochs)]
    public async Task Trimming_finds_its_rows_by_index(string name, string sql)
    {
        await _folder.Fill(1, 5, "a");
        sql = sql.Replace("$flow", "1", StringComparison.Ordinal).Replace("$from", "2", StringComparison.Ordinal)
            .Replace("$to", "3", StringComparison.Ordinal);
        var plan = _folder.Query($"EXPLAIN QUERY PLAN {sql}");
        Assert.Contains(plan, line => line.Contains("SEARCH", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("SCAN", StringComparison.Ordinal));
        Assert.True(
            name != nameof(HistoryTrimmer.DeleteReplaced) ||
            plan.Any(line => line.Contains("(flow=? AND step=? AND partition=? AND epoch=?)", StringComparison.Ordinal)),
            string.Join(Environment.NewLine, plan));
    }

    private async Task RestoredAsItWas(int interval, (int Partition, bool Taken)[][] epochs, int pick)
    {
        File.Delete(_folder.Store);
        var states = new List<Dictionary<string, string>> { new() };
        await using (var execution = await _folder.Open(new() { BackupInterval = TimeSpan.FromSeconds(interval) }))
        {
            for (var number = 1; number <= epochs.Length; number++)
            {
                var now = new Dictionary<string, string>(states[^1]);
                var changes = new List<StoredPosition>();
                foreach (var (partition, taken) in epochs[number - 1])
                {
                    changes.Add(new StoredPosition(StepKind.Sink, "out", $"{partition}", taken ? null : $"{number}"));
                    now.Remove($"{partition}");
                    if (!taken)
                    {
                        now[$"{partition}"] = $"{number}";
                    }
                }

                await execution.CommitAsync(
                    new EpochCommit(number, StoreFolder.Start.AddSeconds(number), changes), CancellationToken.None);
                states.Add(now);
            }
        }

        var oldest = Math.Max(1, epochs.Length - interval);
        var epoch = oldest + (pick % (epochs.Length - oldest + 1));
        await using var restored = await _folder.Open(new() { ResumeEpoch = epoch });
        Assert.Equal(epoch, restored.LastEpoch);
        Assert.Equal(
            states[epoch].OrderBy(pair => pair.Key, StringComparer.Ordinal),
            restored.States.Select(state => KeyValuePair.Create(state.Partition, state.State!)));
    }
}
