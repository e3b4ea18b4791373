using CsCheck;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>After a kill and damage an epoch that was durable is there, or the store is refused. It is never taken for an earlier one.</summary>
[Trait("speed", "slow")]
public sealed class SqliteDamageTests : IDisposable
{
    private const int Last = 12;
    private const string Log = "store.db-wal";
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_bit_flipped_in_the_log_after_a_kill_is_never_silent()
    {
        var image = await Killed();
        var refused = 0;
        Gen.Int[0, (image[Log].Length * 8) - 1].Sample(
            bit => refused += OpensWhole(image.WithBitFlipped(Log, bit)) ? 0 : 1, iter: 200, threads: 1);
        Assert.InRange(refused, 100, 200);
    }

    [Fact]
    public async Task A_bit_flipped_in_the_log_of_a_killed_process_is_never_silent()
    {
        long reported;
        using (var process = CommitLoopProcess.Commits(_folder.Store))
        {
            for (var lines = 0; lines < 30; lines++)
            {
                Assert.NotNull(await process.ReadLineAsync());
            }

            reported = Math.Max(29, await process.KillAsync());
        }

        var image = StoreImage.Of(_folder.Folder);
        Gen.Int[0, (image[Log].Length * 8) - 1].Sample(
            bit => Refusal(image.WithBitFlipped(Log, bit), execution => Assert.True(execution.LastEpoch >= reported)), iter: 60, threads: 1);
        Assert.Null(Refusal(image, execution => Assert.True(execution.LastEpoch >= reported)));
    }

    [Fact]
    public async Task A_log_that_is_cut_short_or_deleted_after_a_kill_is_never_silent()
    {
        var image = await Killed();
        var whole = image[Log];
        Gen.Int[0, whole.Length - 1].Sample(
            length => Assert.False(OpensWhole(image.With(Log, whole[..length])), $"Opened with {length} bytes of the log."),
            iter: 40, threads: 1);
        var refused = Refusal(image.With(Log, null));
        Assert.Contains(
            $"Of flow 'flow' epoch {Last} of execution 2 was durable, by '{_folder.Store}.flow1.execution2.epoch'; the last in the store " +
            "is epoch 4 of execution 2.", refused, StringComparison.Ordinal);
        Assert.Contains("set SqliteRecoveryOptions.ResumeEpoch to 4 for one run", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zeros_in_the_log_after_a_kill_are_never_silent()
    {
        var image = await Killed();
        Gen.Select(Gen.Int[0, image[Log].Length - 1], Gen.Int[1, 9_000]).Sample(
            (from, length) =>
            {
                var log = image[Log].ToArray();
                log.AsSpan(from, Math.Min(length, log.Length - from)).Clear();
                _ = OpensWhole(image.With(Log, log));
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public async Task A_log_of_an_earlier_moment_is_never_silent()
    {
        await _folder.Fill(1, 4, "a", "b", "c");
        var execution = await _folder.Open();
        var earlier = new List<byte[]>();
        for (var number = 5; number <= Last; number++)
        {
            earlier.Add(StoreImage.Of(_folder.Folder)[Log]);
            await execution.CommitAsync(StoreFolder.Epoch(number, "a", "b", "c"), CancellationToken.None);
        }

        var image = StoreImage.Of(_folder.Folder);
        await execution.DisposeAsync();
        Assert.All(earlier, log => Assert.False(OpensWhole(image.With(Log, log))));
        Assert.True(OpensWhole(image));
    }

    [Fact]
    public async Task A_bit_flipped_in_the_database_is_never_silent()
    {
        // Ended well: all is in the database.
        await _folder.Fill(1, Last, "a", "b", "c");
        var image = StoreImage.Of(_folder.Folder);
        var random = new Random(30);
        for (var i = 0; i < 300; i++)
        {
            // Every second one in the description of the tables, which comes first.
            var bit = random.Next((i % 2 == 0 ? 4_096 : image["store.db"].Length) * 8);
            try
            {
                OpensWhole(image.WithBitFlipped("store.db", bit));
            }
            catch (Exception e) when (e is not RecoveryStoreException)
            {
                Assert.Fail($"Bit {bit}: {e}");
            }
        }

        // Wherever the states are: most of the rest is empty.
        var text = System.Text.Encoding.Latin1.GetString(image["store.db"]);
        var states = Enumerable.Range(0, text.Length - 8).Where(i => text.AsSpan(i).StartsWith("source")).ToArray();
        Assert.True(states.Length >= 3);
        foreach (var state in states)
        {
            for (var bit = (state - 16) * 8; bit < (state + 10) * 8; bit += 3)
            {
                OpensWhole(image.WithBitFlipped("store.db", bit));
            }
        }
    }

    [Fact]
    public async Task A_bit_flipped_in_the_index_of_the_log_does_nothing()
    {
        var image = await Killed();
        Gen.Int[0, (32_768 * 8) - 1].Sample(
            bit => Assert.True(OpensWhole(image.WithBitFlipped("store.db-shm", bit))), iter: 20, threads: 1);
        Assert.True(OpensWhole(image.With("store.db-shm", null)));
    }

    [Fact]
    public async Task A_bit_flipped_in_the_record_does_nothing_since_it_stands_twice()
    {
        var image = await Killed();
        Gen.Int[0, (image[image.Record].Length * 8) - 1].Sample(
            bit => Assert.True(OpensWhole(image.WithBitFlipped(image.Record, bit))), iter: 40, threads: 1);
    }

    [Fact]
    public async Task A_record_that_is_missing_or_damaged_is_refused()
    {
        var image = await Killed();
        Assert.Contains("execution2.epoch', which says what was durable by then, is missing", Refusal(image.With(image.Record, null)), StringComparison.Ordinal);
        foreach (var content in new byte[][] { [], new byte[1024], image[image.Record][..60] })
        {
            Assert.Contains("is damaged", Refusal(image.With(image.Record, content)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_older_record_is_all_right_as_after_a_kill_between_a_commit_and_its_record()
    {
        await _folder.Fill(1, 4, "a", "b", "c");
        var execution = await _folder.Open();
        var records = new List<byte[]>();
        for (var number = 5; number <= Last; number++)
        {
            records.Add(StoreImage.Of(_folder.Folder)["store.db.flow1.execution2.epoch"]);
            await execution.CommitAsync(StoreFolder.Epoch(number, "a", "b", "c"), CancellationToken.None);
        }

        var image = StoreImage.Of(_folder.Folder);
        await execution.DisposeAsync();
        Assert.All(records, record => Assert.True(OpensWhole(image.With(image.Record, record))));
    }

    [Fact]
    public async Task An_older_copy_of_the_store_beside_the_newest_record_is_refused_with_both_epochs()
    {
        await _folder.Fill(1, 4, "a", "b", "c");
        var older = StoreImage.Of(_folder.Folder);
        var image = await Killed(5);
        Assert.Contains(
            $"epoch {Last} of execution 2 was durable", Refusal(image.With("store.db", older["store.db"]).With(Log, null)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_names_the_epoch_goes_on_from_what_is_left()
    {
        var image = await Killed();
        image.With(Log, null).WriteTo(_folder.Folder);
        await Assert.ThrowsAsync<RecoveryStoreException>(async () => await _folder.Open(new() { ResumeEpoch = 5 }));
        await using (var execution = await _folder.Open(new() { ResumeEpoch = 4 }))
        {
            Assert.Equal((3, 4), (execution.Number, execution.LastEpoch));
            Assert.All(execution.States, state => Assert.Equal("4", state.State));
            await execution.CommitAsync(StoreFolder.Epoch(5, "a"), CancellationToken.None);
        }

        await using var next = await _folder.Open();
        Assert.Equal((4, 5), (next.Number, next.LastEpoch));
    }

    [Fact]
    public async Task A_killed_store_can_be_moved_and_copied_with_all_its_files()
    {
        var image = await Killed();
        var elsewhere = Directory.CreateDirectory(_folder.File("elsewhere")).FullName;
        image.WriteTo(elsewhere);
        await using (var copy = await new SqliteRecoveryStore(Path.Combine(elsewhere, "store.db")).OpenAsync("flow", false, CancellationToken.None))
        {
            Assert.Equal(Last, copy.LastEpoch);
        }

        Assert.True(OpensWhole(image));
    }

    [Fact]
    public async Task The_file_of_a_store_that_is_open_is_no_copy_and_neither_is_a_backup_until_its_epoch_is_named()
    {
        var copy = _folder.File("copy.db");
        await _folder.Fill(1, 4, "a", "b", "c");
        await using var execution = await _folder.Open();
        for (var number = 5; number <= Last; number++)
        {
            await execution.CommitAsync(StoreFolder.Epoch(number, "a", "b", "c"), CancellationToken.None);
        }

        File.Copy(_folder.Store, copy);
        Assert.Contains("is missing", await RefusalOf(copy), StringComparison.Ordinal);
        File.Delete(copy);
        await using (var from = StoreFolder.Connect(_folder.Store))
        await using (var to = StoreFolder.Connect(copy))
        {
            from.BackupDatabase(to);
        }

        Assert.Contains($"set SqliteRecoveryOptions.ResumeEpoch to {Last} for one run", await RefusalOf(copy), StringComparison.Ordinal);
        var restored = new SqliteRecoveryStore(copy, new SqliteRecoveryOptions { ResumeEpoch = Last });
        await using (var named = await restored.OpenAsync("flow", false, CancellationToken.None))
        {
            Assert.Equal((Last, 3), (named.LastEpoch, named.States.Count));
        }

        await using var again = await new SqliteRecoveryStore(copy).OpenAsync("flow", false, CancellationToken.None);
        Assert.Equal(Last, again.LastEpoch);
    }

    [Fact]
    public async Task A_store_that_was_closed_is_one_file()
    {
        await _folder.Fill(1, 4, "a", "b", "c");
        Assert.Equal(["store.db"], _folder.Files());
        File.Copy(_folder.Store, _folder.File("copy.db"));
        await _folder.Fill(5, Last, "a", "b", "c");
        await using var copy = await new SqliteRecoveryStore(_folder.File("copy.db")).OpenAsync("flow", false, CancellationToken.None);
        Assert.Equal(4, copy.LastEpoch);
    }

    /// <summary>What is left of a store with epochs 1 to 12, the last eight by an execution that was killed.</summary>
    private async Task<StoreImage> Killed(int from = 1)
    {
        if (from == 1)
        {
            await _folder.Fill(1, 4, "a", "b", "c");
        }

        var execution = await _folder.Open(new() { BackupInterval = TimeSpan.MaxValue });
        for (var number = 5; number <= Last; number++)
        {
            await execution.CommitAsync(StoreFolder.Epoch(number, "a", "b", "c"), CancellationToken.None);
        }

        var image = StoreImage.Of(_folder.Folder);
        await execution.DisposeAsync();
        return image;
    }

    private bool OpensWhole(StoreImage image) => Refusal(image) is null;

    /// <summary>Why it was refused; null where everything was there.</summary>
    private string? Refusal(StoreImage image, Action<IRecoveryExecution>? look = null)
    {
        image.WriteTo(_folder.Folder);
        try
        {
            var execution = _folder.Open().AsTask().GetAwaiter().GetResult();
            try
            {
                (look ?? Whole)(execution);
                return null;
            }
            finally
            {
                execution.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (RecoveryStoreException refused)
        {
            Assert.Contains(_folder.Store, refused.Message, StringComparison.Ordinal);
            return refused.Message;
        }
    }

    private static void Whole(IRecoveryExecution execution)
    {
        Assert.Equal(Last, execution.LastEpoch);
        Assert.Equal(
            new HashSet<StoredPosition>(StoreFolder.Epoch(Last, "a", "b", "c").Changes), execution.States.ToHashSet());
    }

    private static async Task<string> RefusalOf(string path) => (await Assert.ThrowsAsync<RecoveryStoreException>(
        async () => await new SqliteRecoveryStore(path).OpenAsync("flow", false, CancellationToken.None))).Message;
}
