using System.Globalization;
using Rx.Connectors.Flows;
using Rx.Connectors.Recovery;
using Rx.Connectors.Sqlite;
using Rx.Connectors.Testing;
using Xunit;

namespace Rx.Connectors.Tests.Recovery;

/// <summary>Files that are taken away from an execution while it uses them: its next commit fails, and is not tried again.</summary>
[Trait("speed", "slow")]
public sealed class SqliteTakenTests : IDisposable
{
    private readonly StoreFolder _folder = new(onDisk: true);

    public void Dispose() => _folder.Dispose();

    private static Dictionary<string, (Action<StoreFolder, string> Do, string Said)> Deeds { get; } = new()
    {
        ["the file deleted"] = ((folder, _) => File.Delete(folder.Store), "store.db' is gone"),
        ["everything deleted"] = (
            (folder, _) => Array.ForEach(folder.Files(), file => File.Delete(folder.File(file))), "store.db' is gone"),
        ["the file moved"] = ((folder, _) => File.Move(folder.Store, folder.File("moved.db")), "store.db' is gone"),
        ["replaced by an older copy"] = ((folder, older) => Replace(older, folder.Store), "store.db' was replaced by another file"),
        ["replaced by its like"] = (
            (folder, _) =>
            {
                File.Copy(folder.Store, folder.File("like"));
                Replace(folder.File("like"), folder.Store);
            },
            "store.db' was replaced by another file"),
        ["replaced by no content"] = (
            (folder, _) =>
            {
                File.WriteAllText(folder.File("empty"), "");
                Replace(folder.File("empty"), folder.Store);
            },
            "store.db' was replaced by another file"),
        ["replaced by a directory"] = (
            (folder, _) =>
            {
                File.Delete(folder.Store);
                Directory.CreateDirectory(folder.Store);
            },
            "store.db' was replaced by another file"),
        ["replaced by another flow's"] = (
            (folder, _) =>
            {
                var other = folder.File("other.db");
                new SqliteRecoveryStore(other).OpenAsync("other", false, CancellationToken.None).AsTask().GetAwaiter().GetResult()
                    .DisposeAsync().AsTask().GetAwaiter().GetResult();
                Replace(other, folder.Store);
            },
            "store.db' was replaced by another file"),
        ["overwritten by an older copy"] = ((folder, older) => File.Copy(older, folder.Store, overwrite: true), "store.db"),
        ["overwritten by no content"] = ((folder, _) => Overwrite(folder.Store, []), "store.db' was emptied"),
        ["overwritten by zeros"] = ((folder, _) => Overwrite(folder.Store, new byte[new FileInfo(folder.Store).Length]), "store.db"),
        ["the log deleted"] = ((folder, _) => File.Delete($"{folder.Store}-wal"), "store.db-wal' is gone"),
        ["the log's index deleted"] = ((folder, _) => File.Delete($"{folder.Store}-shm"), "store.db-shm' is gone"),
        ["the log cut"] = ((folder, _) => Overwrite($"{folder.Store}-wal", []), "store.db"),
        ["the record deleted"] = ((folder, _) => File.Delete($"{folder.Store}.flow1.execution2.epoch"), "execution2.epoch' is gone"),
        ["the directory moved"] = ((folder, _) => Directory.Move(folder.Folder, $"{folder.Folder}-moved"), "store.db' is gone"),
    };

    public static TheoryData<string> Names => [.. Deeds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_next_commit_fails_for_good_and_says_what_happened(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files that are open cannot be taken away there.");
        var (execution, older) = await Used();
        Deeds[what].Do(_folder, older);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var taken = await Assert.ThrowsAsync<RecoveryStoreException>(
                async () => await execution.CommitAsync(StoreFolder.Epoch(6, "a"), CancellationToken.None));
            Assert.Contains(_folder.Store, taken.Message, StringComparison.Ordinal);
            Assert.Contains(Deeds[what].Said, taken.Message, StringComparison.Ordinal);
            Assert.True(taken.IsPermanent, taken.Message);
        }

        await execution.DisposeAsync();
        if (Directory.Exists($"{_folder.Folder}-moved"))
        {
            Directory.Move($"{_folder.Folder}-moved", _folder.Folder);
        }

        // What was durable is there, or somebody is told. SQLite may have saved it from the log that it had open.
        try
        {
            await using var next = await _folder.Open();
            Assert.True(what == "everything deleted" || next.LastEpoch >= 5, $"Epoch {next.LastEpoch}.");
        }
        catch (RecoveryStoreException refused)
        {
            Assert.Contains(_folder.Store, refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_flow_fails_at_once_instead_of_committing_to_nowhere(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files that are open cannot be taken away there.");
        var older = Directory.CreateTempSubdirectory("older-");
        try
        {
            _ = RunFlow(9);
            var copy = Path.Combine(older.FullName, "copy.db");
            File.Copy(_folder.Store, copy);
            var clock = new VirtualScheduler();
            clock.At(1_500, () => Deeds[what].Do(_folder, copy));
            var failed = Assert.Throws<FlowException>(() => RunFlow(500, clock));
            Assert.True(Assert.IsType<RecoveryStoreException>(failed.InnerException).IsPermanent, failed.Message);
            Assert.Equal("F3", failed.Rule);
            Assert.InRange(clock.Clock, 1_500, 2_500);
        }
        finally
        {
            older.Delete(recursive: true);
            if (Directory.Exists($"{_folder.Folder}-moved"))
            {
                Directory.Move($"{_folder.Folder}-moved", _folder.Folder);
            }
        }
    }

    [Fact]
    public async Task Files_that_are_put_back_before_the_next_commit_do_no_harm()
    {
        var (execution, _) = await Used();
        File.Move(_folder.Store, _folder.File("moved.db"));
        File.Move(_folder.File("moved.db"), _folder.Store);
        await execution.CommitAsync(StoreFolder.Epoch(6, "a"), CancellationToken.None);
        await execution.DisposeAsync();
        await using var next = await _folder.Open();
        Assert.Equal((6, 1), (next.LastEpoch, next.States.Count));
    }

    [Fact]
    public async Task A_failed_commit_succeeds_when_its_file_is_back()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files that are open cannot be taken away there.");
        var (execution, _) = await Used();
        File.Move(_folder.Store, _folder.File("moved.db"));
        await Assert.ThrowsAsync<RecoveryStoreException>(
            async () => await execution.CommitAsync(StoreFolder.Epoch(6, "a"), CancellationToken.None));
        File.Move(_folder.File("moved.db"), _folder.Store);
        await execution.CommitAsync(StoreFolder.Epoch(6, "a"), CancellationToken.None);
        await execution.DisposeAsync();
        await using var next = await _folder.Open();
        Assert.Equal(6, next.LastEpoch);
    }

    [Fact]
    public async Task What_SQLite_itself_does_to_the_files_is_no_fault()
    {
        await using var execution = await _folder.Open();
        await using var other = await _folder.Open(flow: "other");
        for (var number = 1; number <= 30; number++)
        {
            await execution.CommitAsync(StoreFolder.Epoch(number, "a", "b"), CancellationToken.None);
            await other.CommitAsync(StoreFolder.Epoch(number, "a", "b"), CancellationToken.None);
            _folder.Query($"PRAGMA wal_checkpoint({(number % 3) switch { 0 => "TRUNCATE", 1 => "PASSIVE", _ => "RESTART" }})");
            await (await _folder.Open(flow: $"{number}")).DisposeAsync();
        }

        // As many pages as make SQLite move the log over by itself.
        for (var number = 31; number <= 34; number++)
        {
            var large = new StoredPosition(StepKind.Source, "in", "large", $"\"{new string('x', 3_000_000)}{number}\"");
            await execution.CommitAsync(new EpochCommit(number, StoreFolder.Start, [large]), CancellationToken.None);
            await other.CommitAsync(StoreFolder.Epoch(number, "a"), CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_store_that_somebody_set_back_with_SQL_is_told_from_a_newer_execution()
    {
        var (execution, _) = await Used();
        _folder.Query("UPDATE flow SET execution = 1, epoch = 3");
        var taken = await Assert.ThrowsAsync<RecoveryStoreException>(
            async () => await execution.CommitAsync(StoreFolder.Epoch(6, "a"), CancellationToken.None));
        Assert.Contains("holds epoch 3 of execution 1 of flow 'flow', although epoch 5 of execution 2", taken.Message, StringComparison.Ordinal);
        Assert.True(taken.IsPermanent);
        await execution.DisposeAsync();
    }

    /// <summary>An execution that has committed epoch 5, and a copy of the store with epoch 3.</summary>
    private async Task<(IRecoveryExecution Execution, string Older)> Used()
    {
        await _folder.Fill(1, 3, "a");
        var older = Path.Combine(Directory.CreateDirectory(_folder.File("older")).FullName, "copy.db");
        File.Copy(_folder.Store, older);
        var execution = await _folder.Open();
        await execution.CommitAsync(StoreFolder.Epoch(4, "a"), CancellationToken.None);
        await execution.CommitAsync(StoreFolder.Epoch(5, "a"), CancellationToken.None);
        return (execution, older);
    }

    private FlowResult RunFlow(int items, VirtualScheduler? clock = null)
    {
        clock ??= new VirtualScheduler();
        var rig = new Rig(("a", items)) { Clock = clock, Pace = (_, _) => TimeSpan.FromTicks(10) };
        rig.Sink = new RigSink(rig, 2, items.ToString(CultureInfo.InvariantCulture));
        var run = rig.Flow().Start(new FlowOptions
        {
            Scheduler = clock,
            EpochInterval = TimeSpan.FromTicks(100),
            Recovery = new RecoveryOptions { Store = new SqliteRecoveryStore(_folder.Store) },
        });
        clock.Start();
        return run.Completion.GetAwaiter().GetResult();
    }

    private static void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    private static void Overwrite(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
        file.Write(content);
    }
}
