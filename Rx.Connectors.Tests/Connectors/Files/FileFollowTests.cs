using Rx.Connectors.Files;
using Rx.Connectors.Testing;
using Rx.Connectors.Tests.Infrastructure;
using Xunit;

namespace Rx.Connectors.Tests.Connectors.Files;

/// <summary>Real files, a virtual clock: a poll interval is 100 ticks.</summary>
public sealed class FileFollowTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VirtualScheduler _clock = new();
    private PollHost<string>? _host;

    public void Dispose()
    {
        _host?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Lines_that_are_appended_come_at_the_next_look()
    {
        _folder.Write("a", "1\n");
        var host = Follow();
        _clock.AdvanceBy(250);
        _folder.Append("a", "2\n3\n");
        _clock.AdvanceBy(1_000);
        Assert.Equal([At(0, "1"), At(300, "2", "3")], host.Batches);
        Assert.False(host.IsComplete);
    }

    [Fact]
    public void F2_at_the_end_it_is_polled_once_per_interval_and_owns_no_timer()
    {
        _folder.Write("a", "1\n");
        using var partition = Open();
        partition.Start(_clock);
        Assert.Equal(["1"], partition.NextBatch());
        Assert.Null(partition.NextAwake);
        Assert.Empty(partition.NextBatch()!);
        Assert.Equal(100L.At(), partition.NextAwake);
        Assert.Equal(0, _clock.Pending);
        _folder.Append("a", "2\n");
        Assert.Equal(["2"], partition.NextBatch());
        Assert.Null(partition.NextAwake);
    }

    [Fact]
    public void S5_a_last_line_without_newline_is_held_back_until_its_newline_comes()
    {
        _folder.Write("a", "1\npar");
        var host = Follow(out var partition);
        _clock.AdvanceBy(150);
        Assert.Equal(2, partition.Snapshot().Value.Offset);
        _folder.Append("a", "t\r");
        _clock.AdvanceBy(100);
        _folder.Append("a", "\n3");
        _clock.AdvanceBy(100);
        Assert.Equal([At(0, "1"), At(300, "part")], host.Batches);
        Assert.Equal(8, partition.Snapshot().Value.Offset);
    }

    [Fact]
    public void S5_a_new_run_goes_on_where_the_last_was()
    {
        _folder.Write("a", "1\n2\npar");
        FilePosition position;
        using (var first = Open())
        {
            first.Start(_clock);
            Assert.Equal(["1", "2"], first.NextBatch());
            position = first.Snapshot().Value;
        }

        _folder.Append("a", "t\n3\n");
        using var second = Open(from: position);
        second.Start(_clock);
        Assert.Equal(["part", "3"], second.NextBatch());
    }

    [Fact]
    public void A_file_that_is_cut_is_an_error_that_names_both_numbers()
    {
        var path = _folder.Write("a", "1\n2\n3\n");
        var host = Follow();
        _clock.AdvanceBy(50);
        _folder.Write("a", "4\n");
        _clock.AdvanceBy(100);
        var failed = Assert.IsType<FileChangedException>(host.Error);
        Assert.Equal($"{path} was read up to offset 6 and has 2 bytes now: it was cut.", failed.Message);
        Assert.Equal(["1", "2", "3"], host.Items);
    }

    [Theory]
    [InlineData("4\n")]
    [InlineData("4\n5\n6\n7\n8\n")]
    public void A_file_that_is_cut_is_read_anew_if_that_was_chosen(string now)
    {
        _folder.Write("a", "1\n2\nheld back");
        var host = Follow(out var partition, new() { OnCut = FileMismatchBehavior.StartOver });
        _clock.AdvanceBy(50);
        _folder.Write("a", now);
        _clock.AdvanceBy(100);
        Assert.Equal(["1", "2", "held back", .. File.ReadAllLines(_folder["a"])], host.Items);
        Assert.Equal(now.Length, partition.Snapshot().Value.Offset);
        _folder.Append("a", "9\n");
        _clock.AdvanceBy(100);
        Assert.Equal("9", host.Items.Last());
    }

    [Theory]
    [InlineData("1\n")]
    [InlineData("1\npart")]
    public void A_file_that_is_cut_and_grows_past_what_was_read_is_found_out(string before)
    {
        _folder.Write("a", before);
        var host = Follow();
        _clock.AdvanceBy(150);
        _folder.Write("a", "x\npaXX and more than there was\n");
        _clock.AdvanceBy(100);
        Assert.Contains("it was cut and written anew", Assert.IsType<FileChangedException>(host.Error).Message, StringComparison.Ordinal);
        Assert.Equal(["1"], host.Items);
    }

    [Theory]
    [InlineData("3\n")]
    [InlineData("1\n2\n")]
    [InlineData("3\n4\n5\n6\n")]
    public void A_rotated_file_is_read_to_its_end_and_then_the_new_one(string now)
    {
        _folder.Write("a", "1\n2\n");
        var host = Follow(out var partition);
        _clock.AdvanceBy(150);
        _folder.Append("a", "last\nheld back");
        File.Move(_folder["a"], _folder["a.1"]);
        _clock.AdvanceBy(100);
        Assert.Equal(["1", "2", "last"], host.Items);
        _folder.Write("a", now);
        _clock.AdvanceBy(500);
        Assert.Equal(["1", "2", "last", "held back", .. File.ReadAllLines(_folder["a"])], host.Items);
        Assert.Equal(now.Length, partition.Snapshot().Value.Offset);
        _folder.Append("a", "more\n");
        _clock.AdvanceBy(100);
        Assert.Equal("more", host.Items.Last());
    }

    [Fact]
    public void A_writer_that_is_late_to_open_the_new_file_loses_nothing()
    {
        _folder.Write("a", "1\n");
        var host = Follow();
        _clock.AdvanceBy(50);
        File.Move(_folder["a"], _folder["a.1"]);
        _folder.Write("a", "");
        _clock.AdvanceBy(500);
        _folder.Append("a.1", "2\n");
        _clock.AdvanceBy(100);
        _folder.Write("a", "4\n");
        _clock.AdvanceBy(100);
        // The new file has been seen; the old one is waited for once more.
        _folder.Append("a.1", "3\n");
        _clock.AdvanceBy(500);
        Assert.Equal(["1", "2", "3", "4"], host.Items);
    }

    [Fact]
    public void A_rotated_file_fails_after_its_end_if_that_was_chosen()
    {
        var path = _folder.Write("a", "1\n");
        var host = Follow(new() { OnRotated = FileMismatchBehavior.Fail });
        _clock.AdvanceBy(50);
        _folder.Append("a", "2\n");
        File.Move(_folder["a"], _folder["a.1"]);
        _folder.Write("a", "3\n");
        _clock.AdvanceBy(500);
        Assert.Equal(["1", "2"], host.Items);
        Assert.Equal(
            $"{path} is another file than the one that was read up to offset 4: it was rotated.",
            Assert.IsType<FileChangedException>(host.Error).Message);
    }

    [Fact]
    public void A_file_that_is_deleted_is_waited_for()
    {
        _folder.Write("a", "1\n");
        var host = Follow();
        _clock.AdvanceBy(50);
        File.Delete(_folder["a"]);
        _clock.AdvanceBy(1_000);
        Assert.Null(host.Error);
        _folder.Write("a", "2\n");
        _clock.AdvanceBy(300);
        Assert.Equal(["1", "2"], host.Items);
    }

    [Fact]
    public void A_link_is_followed_and_told_when_it_leads_elsewhere()
    {
        _folder.Write("one", "1\n");
        _folder.Write("two", "2\n");
        File.CreateSymbolicLink(_folder["a"], _folder["one"]);
        var host = Follow();
        _clock.AdvanceBy(1_000);
        Assert.Equal(["1"], host.Items);
        File.Delete(_folder["a"]);
        File.CreateSymbolicLink(_folder["a"], _folder["two"]);
        _clock.AdvanceBy(300);
        Assert.Equal(["1", "2"], host.Items);
        Assert.Null(host.Error);
    }

    [Fact]
    public void After_a_rotation_a_stored_position_is_never_applied_to_the_new_file()
    {
        _folder.Write("a", "1\n2\n");
        FilePosition position;
        using (var first = Open())
        {
            first.Start(_clock);
            _ = first.NextBatch();
            position = first.Snapshot().Value;
        }

        File.Move(_folder["a"], _folder["elsewhere"]);
        _folder.Write("a", "3\n4\n5\n");
        Assert.Throws<FileChangedException>(() => Open(from: position));
        using var second = FileReading.Open(
            _folder["a"], new() { Follow = new(), OnOtherFile = FileMismatchBehavior.StartOver }, position);
        second.Start(_clock);
        Assert.Equal(["3", "4", "5"], second.NextBatch());
    }

    [Fact]
    public void S10_Dispose_while_waiting_closes_the_file()
    {
        _folder.Write("a", "1\n");
        Follow();
        _clock.AdvanceBy(150);
        _host!.Dispose();
        using var alone = File.OpenHandle(_folder["a"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public void A_rotation_leaves_no_handle_open()
    {
        _folder.Write("a", "1\n");
        Follow();
        _clock.AdvanceBy(50);
        File.Move(_folder["a"], _folder["a.1"]);
        _folder.Write("a", "2\n");
        _clock.AdvanceBy(1_000);
        using (File.OpenHandle(_folder["a.1"], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            _host!.Dispose();
        }

        using var alone = File.OpenHandle(_folder["a"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private static TimedBatch<string> At(long time, params string[] lines) => new(time, lines);

    private FileSourcePartition<string> Open(FileFollowOptions? options = null, FilePosition? from = null)
    {
        var follow = new FileFollowOptions
        {
            PollInterval = 100.Ticks(),
            OnCut = options?.OnCut ?? FileMismatchBehavior.Fail,
            OnRotated = options?.OnRotated ?? FileMismatchBehavior.StartOver,
        };
        return FileReading.Open(_folder["a"], new() { Follow = follow }, from, bufferSize: 16);
    }

    private PollHost<string> Follow(FileFollowOptions? options = null) => Follow(out _, options);

    private PollHost<string> Follow(out FileSourcePartition<string> partition, FileFollowOptions? options = null)
    {
        partition = Open(options);
        _host = new PollHost<string>(partition, _clock);
        _clock.AdvanceBy(0);
        return _host;
    }
}
